pub fn start(_: &[String]) -> crate::failure::Result {
    Ok(())
}
