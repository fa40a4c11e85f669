//! What is decided, and by which shares: art. 278 of the Civil Code, or a lenders' vote.

use crate::{
    canonical::Value,
    shape::{Reader, Shape},
};
use core::{fmt, str::FromStr};

/// What the vote decides. Its JSON form is the number of the matter in art. 278, or `"lenders"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matter {
    /// Matter 1 to 9 of art. 278 of the Civil Code.
    Owners(u8),
    /// A vote of a platform's lenders; its shares are configured.
    Lenders,
}

impl Shape for Matter {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        match found {
            Some(Value::Integer(number @ 1..=9)) => Self::Owners(number.to_le_bytes()[0]),
            Some(Value::String(name)) if name == "lenders" => Self::Lenders,
            _ => {
                reader.note("a matter is 1 to 9, or lenders");
                Self::Lenders
            }
        }
    }

    fn write(&self) -> Option<Value> {
        Some(match self {
            Self::Owners(number) => Value::Integer((*number).into()),
            Self::Lenders => "lenders".into(),
        })
    }
}

/// A share that must be reached (`>=2/3`, 以上) or passed (`>1/2`, 过半数). The difference decides votes at exact equality.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    part: u32,
    whole: u32,
    inclusive: bool,
}

impl Threshold {
    /// 三分之二以上.
    pub const TWO_THIRDS: Self = Self::at_least(2, 3);
    /// 四分之三以上.
    pub const THREE_QUARTERS: Self = Self::at_least(3, 4);
    /// 过半数.
    pub const MORE_THAN_HALF: Self = Self {
        part: 1,
        whole: 2,
        inclusive: false,
    };

    const fn at_least(part: u32, whole: u32) -> Self {
        Self {
            part,
            whole,
            inclusive: true,
        }
    }

    /// Whether `part` of `whole` meets it: an exact comparison of integers. Nothing of nothing meets no threshold.
    pub fn met(&self, part: u64, whole: u64) -> bool {
        let (left, right) = (
            u128::from(part) * u128::from(self.whole),
            u128::from(whole) * u128::from(self.part),
        );
        whole > 0 && (left > right || (self.inclusive && left == right))
    }

    /// The least part of `whole` that meets it.
    pub fn needed(&self, whole: u64) -> u64 {
        let (part, of) = (u64::from(self.part), u64::from(self.whole));
        // Below 2⁶⁴, for both are of 32 bits: a browser pays dearly for a division of 128.
        let rest = whole % of * part;
        let least = if self.inclusive {
            rest.div_ceil(of)
        } else {
            rest / of + 1
        };
        (whole / of).saturating_mul(part).saturating_add(least)
    }

    /// Numerator and denominator, to draw it.
    pub fn fraction(&self) -> (u32, u32) {
        (self.part, self.whole)
    }

    /// Whether equality is enough (以上 includes the number; 过半 does not).
    pub fn inclusive(&self) -> bool {
        self.inclusive
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.inclusive { ">=" } else { ">" };
        write!(f, "{sign}{}/{}", self.part, self.whole)
    }
}

/// The text is no threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a threshold such as >=2/3 or >1/2")]
pub struct NotAThreshold;

impl FromStr for Threshold {
    type Err = NotAThreshold;

    fn from_str(text: &str) -> Result<Self, NotAThreshold> {
        let rest = text.strip_prefix('>').ok_or(NotAThreshold)?;
        let (fraction, inclusive) = match rest.strip_prefix('=') {
            Some(fraction) => (fraction, true),
            None => (rest, false),
        };
        let (part, whole) = fraction.split_once('/').ok_or(NotAThreshold)?;
        let number = |text: &str| text.parse::<u32>().map_err(|_| NotAThreshold);
        let threshold = Self {
            part: number(part)?,
            whole: number(whole)?,
            inclusive,
        };
        let can_be_met = (1..=1000).contains(&threshold.whole)
            && threshold.part >= 1
            && (threshold.part < threshold.whole
                || (inclusive && threshold.part == threshold.whole));
        if can_be_met && threshold.to_string() == text {
            Ok(threshold)
        } else {
            Err(NotAThreshold)
        }
    }
}

impl Shape for Threshold {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        let text = reader.text(found);
        text.parse().unwrap_or_else(|NotAThreshold| {
            reader.note("not a threshold such as >=2/3 or >1/2");
            Self::MORE_THAN_HALF
        })
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
}

/// A threshold by each of the two counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Both {
    /// By area.
    pub area: Threshold,
    /// By heads.
    pub heads: Threshold,
}

crate::shape!(Both { area, heads });

impl Both {
    const fn same(threshold: Threshold) -> Self {
        Self {
            area: threshold,
            heads: threshold,
        }
    }
}

/// What a vote needs: participation of all on the roster, approval of those who took part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Votes in favour, of those who took part.
    pub approval: Both,
    /// Those who took part, of the whole roster.
    pub participation: Both,
}

crate::shape!(Thresholds {
    approval,
    participation
});

impl Thresholds {
    /// 三分之二加双过半: two thirds take part and more than half of them agree, by heads and by principal alike.
    pub const LENDERS: Self = Self {
        approval: Both::same(Threshold::MORE_THAN_HALF),
        participation: Both::same(Threshold::TWO_THIRDS),
    };

    /// What the law asks of a matter; none for a lenders' vote, which states its own.
    pub fn by_law(matter: Matter) -> Option<Self> {
        let approval = match matter {
            Matter::Owners(6..=8) => Threshold::THREE_QUARTERS,
            Matter::Owners(_) => Threshold::MORE_THAN_HALF,
            Matter::Lenders => return None,
        };
        Some(Self {
            approval: Both::same(approval),
            participation: Both::same(Threshold::TWO_THIRDS),
        })
    }
}
