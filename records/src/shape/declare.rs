//! The three macros with which a type declares its form.

/// Declares the fields of a struct. Each stands under its own name unless `as "name"` follows, and is written as its type says unless
/// `: module` names a module whose `read` and `write` do it, e.g. [`nanoseconds`](crate::shape::nanoseconds). A field of type `Option` may be left out.
/// Two dots at the end leave unread whatever else the object holds.
///
/// ```
/// use records::shape::nanoseconds;
///
/// struct Claim {
///     by: String,
///     since: i64,
///     outcome: Option<String>,
/// }
/// records::shape!(Claim { by, since: nanoseconds, outcome as "as" });
///
/// let claim: Claim = records::canonical::decode(br#"{"by":"acme","since":"5"}"#).expect("as declared");
/// assert_eq!((claim.by.as_str(), claim.since, claim.outcome), ("acme", 5, None));
/// ```
#[macro_export]
macro_rules! shape {
    ($type:ty { $($field:ident $(as $name:literal)? $(: $how:ident)?),*, .. }) => {
        $crate::shape!(@impl $type, pass, $($field ($($name)?) ($($how)?))*);
    };
    ($type:ty { $($field:ident $(as $name:literal)? $(: $how:ident)?),* $(,)? }) => {
        $crate::shape!(@impl $type, end, $($field ($($name)?) ($($how)?))*);
    };
    (@impl $type:ty, $end:ident, $($field:ident $name:tt $how:tt)*) => {
        impl $crate::shape::Shape for $type {
            fn read(
                found: Option<&$crate::canonical::Value>,
                reader: &mut $crate::shape::Reader,
            ) -> Self {
                let mut object = reader.object(found);
                let read = Self {
                    $($field: $crate::shape!(@read object, $field, $name, $how)),*
                };
                object.$end();
                read
            }

            fn write(&self) -> Option<$crate::canonical::Value> {
                let Self { $($field),* } = self;
                let mut object = $crate::canonical::Map::new();
                $($crate::shape!(@write object, $field, $name, $how);)*
                Some($crate::canonical::Value::Object(object))
            }
        }
    };
    (@name $field:ident, ()) => { stringify!($field) };
    (@name $field:ident, ($name:literal)) => { $name };
    (@read $object:ident, $field:ident, $name:tt, ()) => {
        $object.field($crate::shape!(@name $field, $name))
    };
    (@read $object:ident, $field:ident, $name:tt, ($how:ident)) => {{
        let (found, reader) = $object.find($crate::shape!(@name $field, $name));
        $how::read(found, reader)
    }};
    (@write $object:ident, $field:ident, $name:tt, ()) => {
        $crate::shape!(@write $object, $field, $name, (@ $crate::shape::plain::write))
    };
    (@write $object:ident, $field:ident, $name:tt, ($how:ident)) => {
        $crate::shape!(@write $object, $field, $name, (@ $how::write))
    };
    (@write $object:ident, $field:ident, $name:tt, (@ $write:path)) => {
        $crate::shape::put(&mut $object, $crate::shape!(@name $field, $name), $write($field))
    };
}

/// Declares the words of an enum without fields.
///
/// ```
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum Tax {
///     Normal,
///     RedPart,
/// }
/// records::names!(Tax { Normal "normal", RedPart "red-part" });
///
/// assert_eq!(Tax::RedPart.word(), "red-part");
/// assert_eq!(records::canonical::decode(br#""normal""#), Ok(Tax::Normal));
/// ```
#[macro_export]
macro_rules! names {
    ($type:ident { $($variant:ident $name:literal),* $(,)? }) => {
        impl $type {
            /// The word under which it is written.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }
        }

        impl $crate::shape::Shape for $type {
            fn read(
                found: Option<&$crate::canonical::Value>,
                reader: &mut $crate::shape::Reader,
            ) -> Self {
                const ALL: &[$type] = &[$($type::$variant),*];
                let place = reader.choice(found, &[$($name),*]);
                ALL.get(place).copied().unwrap_or(ALL[0])
            }

            fn write(&self) -> Option<$crate::canonical::Value> {
                Some(self.word().into())
            }
        }
    };
}

/// Declares an enum with fields: an object in which one field names the variant.
///
/// ```
/// #[derive(Debug, PartialEq)]
/// enum Basis {
///     Grant { grant: String },
///     Emergency { reason: String },
/// }
/// records::tagged!(Basis by "kind" {
///     Grant "grant" { grant },
///     Emergency "emergency" { reason },
/// });
///
/// let basis: Basis = records::canonical::decode(br#"{"grant":"g1","kind":"grant"}"#).expect("as declared");
/// assert_eq!(basis, Basis::Grant { grant: "g1".into() });
/// ```
#[macro_export]
macro_rules! tagged {
    ($type:ident by $tag:literal {
        $first:ident $first_name:literal { $($first_field:ident $(: $first_how:ident)?),* $(,)? }
        $(, $variant:ident $name:literal { $($field:ident $(: $how:ident)?),* $(,)? })* $(,)?
    }) => {
        impl $crate::shape::Shape for $type {
            fn read(
                found: Option<&$crate::canonical::Value>,
                reader: &mut $crate::shape::Reader,
            ) -> Self {
                let mut object = reader.object(found);
                let read = match object.tag($tag, &[$first_name $(, $name)*]) {
                    $($name => Self::$variant {
                        $($field: $crate::shape!(@read object, $field, (), ($($how)?))),*
                    },)*
                    _ => Self::$first {
                        $($first_field: $crate::shape!(@read object, $first_field, (), ($($first_how)?))),*
                    },
                };
                object.end();
                read
            }

            fn write(&self) -> Option<$crate::canonical::Value> {
                let mut object = $crate::canonical::Map::new();
                let name = match self {
                    Self::$first { $($first_field),* } => {
                        $($crate::shape!(@write object, $first_field, (), ($($first_how)?));)*
                        $first_name
                    }
                    $(Self::$variant { $($field),* } => {
                        $($crate::shape!(@write object, $field, (), ($($how)?));)*
                        $name
                    })*
                };
                $crate::shape::put(&mut object, $tag, Some(name.into()));
                Some($crate::canonical::Value::Object(object))
            }
        }
    };
}
