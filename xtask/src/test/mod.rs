pub fn test(_: &[String]) -> crate::failure::Result<std::process::ExitCode> {
    Ok(std::process::ExitCode::SUCCESS)
}
