//! What an invoice code (发票代码) of 10 or 12 digits says by position.

use super::comma::is_digits;

/// An invoice code taken apart. It describes the form the code was printed on, not the invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoiceCode<'a> {
    /// Administrative region, 4 digits: `4403` 深圳, `1100` 北京.
    pub region: &'a str,
    /// The year of the form, from 2000.
    pub year: u16,
    /// Batch: three digits of a 12-digit code, one of a 10-digit code.
    pub batch: &'a str,
    /// The kind of form.
    pub form: Form,
}

/// Kinds of form that a code can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// 区块链电子发票.
    Blockchain,
    /// 增值税电子普通发票.
    ElectronicOrdinary,
    /// 增值税电子专用发票.
    ElectronicSpecial,
    /// 通行费电子普通发票.
    Toll,
    /// 增值税普通发票(卷票).
    Roll,
    /// 增值税普通发票(折叠票).
    FoldedOrdinary,
    /// 增值税专用发票.
    Special,
    /// 增值税普通发票.
    Ordinary,
    /// 货物运输业增值税专用发票, ended in 2016.
    Freight,
    /// None of the documented ones.
    Other,
}

impl<'a> InvoiceCode<'a> {
    /// Takes a code of exactly 10 or 12 digits apart.
    pub fn of(code: &'a str) -> Option<Self> {
        if is_digits(code, &[12]) {
            Self::of_12(code)
        } else if is_digits(code, &[10]) {
            Self::of_10(code)
        } else {
            None
        }
    }

    /// \[1\] 0 = VAT, 1 = blockchain; \[2–5\] region; \[6–7\] year; \[8–10\] batch; \[11–12\] kind.
    fn of_12(code: &'a str) -> Option<Self> {
        let form = match (code.get(..1)?, code.get(10..)?) {
            ("1", _) => Form::Blockchain,
            ("0", "11") => Form::ElectronicOrdinary,
            ("0", "12") => Form::Toll,
            ("0", "13") => Form::ElectronicSpecial,
            ("0", "06" | "07") => Form::Roll,
            ("0", "04" | "05") => Form::FoldedOrdinary,
            _ => Form::Other,
        };
        Some(Self {
            region: code.get(1..5)?,
            year: year(code.get(5..7)?)?,
            batch: code.get(7..10)?,
            form,
        })
    }

    /// \[1–4\] region; \[5–6\] year; \[7\] batch; \[8\] kind; \[9\] copies; \[10\] version.
    fn of_10(code: &'a str) -> Option<Self> {
        let form = match code.get(7..8)? {
            "1" | "5" => Form::Special,
            "3" | "6" => Form::Ordinary,
            "2" | "7" => Form::Freight,
            _ => Form::Other,
        };
        Some(Self {
            region: code.get(..4)?,
            year: year(code.get(4..6)?)?,
            batch: code.get(6..7)?,
            form,
        })
    }
}

fn year(digits: &str) -> Option<u16> {
    Some(2000 + digits.parse::<u16>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_published_invoices_are_taken_apart() {
        for (code, region, year, batch, form) in [
            ("144031809110", "4403", 2018, "091", Form::Blockchain),
            ("153002209100", "5300", 2022, "091", Form::Blockchain),
            (
                "011001900311",
                "1100",
                2019,
                "003",
                Form::ElectronicOrdinary,
            ),
            ("011001700112", "1100", 2017, "001", Form::Toll),
            ("011002100113", "1100", 2021, "001", Form::ElectronicSpecial),
            ("031001900107", "3100", 2019, "001", Form::Roll),
            ("031001900104", "3100", 2019, "001", Form::FoldedOrdinary),
            ("231001900199", "3100", 2019, "001", Form::Other),
            ("1200154130", "1200", 2015, "4", Form::Special),
            ("4200161350", "4200", 2016, "1", Form::Ordinary),
            ("1200153320", "1200", 2015, "3", Form::Ordinary),
            ("1200154790", "1200", 2015, "4", Form::Freight),
        ] {
            let wanted = InvoiceCode {
                region,
                year,
                batch,
                form,
            };
            assert_eq!(InvoiceCode::of(code), Some(wanted), "{code}");
        }
    }

    #[test]
    fn other_lengths_are_no_codes() {
        for code in [
            "",
            "12345678901",
            "1234567890123",
            "12001541３",
            "120015413a",
        ] {
            assert_eq!(InvoiceCode::of(code), None, "{code}");
        }
    }
}
