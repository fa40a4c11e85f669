//! Stable names of cases, for logs, scripts and tables.

/// Names each case of a type and says what the name means. What names itself stands after the semicolon.
macro_rules! codes {
    ($type:ty { $($case:pat => $code:literal $meaning:literal,)* $(; $other:pat => $name:expr)? }) => {
        impl $type {
            /// Every name that [`Self::code`] gives of its own, with its meaning; `docs/codes.md` prints them.
            pub const CODES: &'static [(&'static str, &'static str)] = &[$(($code, $meaning)),*];

            /// A stable name, in lower case with hyphens.
            pub fn code(&self) -> &'static str {
                match self {
                    $($case => $code,)*
                    $($other => $name,)?
                }
            }
        }
    };
}

pub(crate) use codes;
