//! Who may move an invoice, when.

use super::{
    COMPANY, ISSUER, RED_ROLE, SCHEMA,
    events::{Close, Deliver, Issue, Lock, Pass, Red, Unlock, Void},
    is_fiscal, is_invoice_id,
    month::month_in_china,
    state::{Claim, Invoice, RedNote, Status, Tax},
};
use crate::{
    Digest,
    canonical::Value,
    codes::{Form, InvoiceCode},
    context::require_key,
    name::is_id,
    refusal::{Refusal, Stop},
    registry::{Case, SUBJECT, updated},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// Printed codes of one invoice.
const MAX_PRINTS: usize = 4;
/// Red invoices against one invoice.
const MAX_RED: usize = 16;

pub(super) fn apply(case: &Case<'_>) -> Result<Value, Stop> {
    let rule = match case.what() {
        ("invoice.issue", SUBJECT) => return issue(case),
        ("invoice.red", RED_ROLE) => return issue_red(case),
        ("invoice.deliver", SUBJECT) => deliver,
        ("invoice.pass", SUBJECT) => pass,
        ("invoice.lock", SUBJECT) => lock,
        ("invoice.unlock", SUBJECT) => unlock,
        ("invoice.close", SUBJECT) => close,
        ("invoice.red", SUBJECT) => red,
        ("invoice.void", SUBJECT) => void,
        _ => return Err(case.unexpected()),
    };
    let mut invoice: Invoice = case.existing()?;
    rule(case, &mut invoice)?;
    updated(&invoice)
}

/// An id is issued once, so that nobody can commit one invoice to two buyers. That it lies within
/// the quota is the quota's to say.
fn issue(case: &Case<'_>) -> Result<Value, Stop> {
    case.require_new()?;
    let body: Issue = case.body()?;
    case.context
        .require_signed(case.event, &body.issuer, ISSUER)?;
    if !is_invoice_id(case.record.id()) {
        return Err(Refusal::new("not-an-invoice-id").into());
    }
    require_prints(&body.prints, body.portal)?;
    updated(&Invoice {
        holder: body.holder,
        payment: body.payment,
        ..new(case, body.issuer, body.root, body.prints)
    })
}

/// One that has just been issued, to nobody in particular.
fn new(case: &Case<'_>, issuer: String, root: Digest, prints: Vec<Digest>) -> Invoice {
    Invoice {
        issuer,
        root,
        prints,
        status: Status::Issued,
        tax: Tax::Normal,
        issued: case.context.time,
        holder: None,
        claim: None,
        payment: None,
        red: Vec::new(),
        reverses: None,
    }
}

/// The red invoice's own record: a number is issued once, whatever the colour. That the issuer is the one of the invoice taken back is that one's to say.
fn issue_red(case: &Case<'_>) -> Result<Value, Stop> {
    case.require_new()?;
    let body: Red = case.body()?;
    case.context
        .require_signed(case.event, &body.issuer, ISSUER)?;
    // The finance department's bills and the tax bureau's invoices have quotas of their own.
    let own = is_fiscal(&body.id) == is_fiscal(case.event.payload().subject.id());
    if !is_invoice_id(&body.id) || !own {
        return Err(Refusal::new("bad-red-id").with("id", body.id).into());
    }
    require_prints(&body.prints, body.portal)?;
    updated(&Invoice {
        tax: Tax::Red,
        reverses: Some(case.event.payload().subject.id().into()),
        ..new(case, body.issuer, body.root, body.prints)
    })
}

fn require_prints(prints: &[Digest], portal: Option<Digest>) -> Result<(), Refusal> {
    let mut distinct = prints.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let found = portal.is_none_or(|portal| prints.contains(&portal));
    if distinct.len() != prints.len() || distinct.len() > MAX_PRINTS || !found {
        return Err(Refusal::new("bad-prints"));
    }
    Ok(())
}

/// Whoever comes for an invoice that nobody holds yet gets it from the issuer, who knows the buyer.
fn deliver(case: &Case<'_>, invoice: &mut Invoice) -> Result<(), Stop> {
    let body: Deliver = case.body()?;
    require_own_issuer(case, invoice, &body.issuer)?;
    require_in_force(invoice)?;
    require_unclaimed(invoice)?;
    if invoice.holder.is_some() {
        return Err(Refusal::new("already-held").into());
    }
    invoice.holder = Some(body.to);
    Ok(())
}

fn pass(case: &Case<'_>, invoice: &mut Invoice) -> Result<(), Stop> {
    let body: Pass = case.body()?;
    let holder = invoice.holder.ok_or_else(|| Refusal::new("no-holder"))?;
    require_key(case.event, &holder, "holder")?;
    require_in_force(invoice)?;
    require_unclaimed(invoice)?;
    invoice.holder = Some(body.to);
    Ok(())
}

/// The first claim wins; a second one, by whomever, learns whose the first is.
fn lock(case: &Case<'_>, invoice: &mut Invoice) -> Result<(), Stop> {
    let body: Lock = case.body()?;
    let company = case.context.require_signed(case.event, &body.by, COMPANY)?;
    require_in_force(invoice)?;
    require_unclaimed(invoice)?;
    match (&body.buyer, invoice.holder) {
        (Some(buyer), _) => require_buyer(invoice, buyer, &company.org)?,
        (None, Some(holder)) => require_key(case.event, &holder, "holder")?,
        (None, None) => return Err(Refusal::new("no-holder").into()),
    }
    if !is_id(&body.claim) {
        return Err(Refusal::new("malformed-body").because("claim").into());
    }
    invoice.status = Status::Locked;
    invoice.claim = Some(Claim {
        by: body.by,
        claim: body.claim,
        outcome: None,
    });
    Ok(())
}

/// The invoice names its buyer by credit code, and a company's organisation is told by its own. Nothing else of the invoice is opened for this.
fn require_buyer(invoice: &Invoice, opening: &str, org: &str) -> Result<(), Refusal> {
    let opening = BASE64_URL_SAFE_NO_PAD.decode(opening).ok();
    let opened = opening.and_then(|bytes| SCHEMA.open(&bytes, &invoice.root.0).ok());
    match opened.as_deref() {
        Some([(index, id)]) if SCHEMA.index("buyer_id") == Some(*index) && id == org => Ok(()),
        _ => Err(Refusal::new("not-the-buyer").with("org", org)),
    }
}

/// Allowed whatever happened to the invoice meanwhile: a claim on a red-flushed one must be able to
/// end.
fn unlock(case: &Case<'_>, invoice: &mut Invoice) -> Result<(), Stop> {
    let body: Unlock = case.body()?;
    require_locker(case, invoice, &body.by)?;
    invoice.status = Status::Issued;
    invoice.claim = None;
    Ok(())
}

fn close(case: &Case<'_>, invoice: &mut Invoice) -> Result<(), Stop> {
    let body: Close = case.body()?;
    require_locker(case, invoice, &body.by)?.outcome = Some(body.outcome);
    require_in_force(invoice)?;
    invoice.status = Status::Closed;
    Ok(())
}

/// The issuer's right, until the invoice is in a company's books: then that company confirms.
fn red(case: &Case<'_>, invoice: &mut Invoice) -> Result<(), Stop> {
    let body: Red = case.body()?;
    require_own_issuer(case, invoice, &body.issuer)?;
    require_in_force(invoice)?;
    if let (Status::Closed, Some(claim)) = (invoice.status, &invoice.claim) {
        case.context
            .require_signed(case.event, &claim.by, COMPANY)?;
    }
    if invoice.red.len() >= MAX_RED {
        return Err(Refusal::new("too-many-red").with("most", MAX_RED).into());
    }
    invoice.tax = match body.whole {
        0 => Tax::RedPart,
        1 => Tax::RedFull,
        _ => return Err(Refusal::new("malformed-body").because("whole").into()),
    };
    invoice.red.push(RedNote {
        id: body.id,
        root: body.root,
    });
    Ok(())
}

/// Within the calendar month of issue, while nobody has claimed it.
fn void(case: &Case<'_>, invoice: &mut Invoice) -> Result<(), Stop> {
    let body: Void = case.body()?;
    require_own_issuer(case, invoice, &body.issuer)?;
    require_in_force(invoice)?;
    require_unclaimed(invoice)?;
    if invoice.tax != Tax::Normal {
        return Err(Refusal::new("red-part").into());
    }
    require_voidable(case.record.id())?;
    if month_in_china(case.context.time) != month_in_china(invoice.issued) {
        return Err(Refusal::new("month-over").into());
    }
    invoice.tax = Tax::Void;
    Ok(())
}

/// 作废 is for paper: an invoice is voided when its sheets come back, so there must be sheets. Of electronic forms the old blockchain one alone has it.
fn require_voidable(id: &str) -> Result<(), Refusal> {
    let code = id.split_once('-').map(|(code, _)| code);
    Err(Refusal::new(match code.map(InvoiceCode::of) {
        // Fully digital: 数电票.
        None => "electronic-not-voidable",
        // Fiscal bills are electronic, and have no voiding at all.
        Some(None) => "bill-not-voidable",
        Some(Some(code)) => match code.form {
            Form::ElectronicOrdinary | Form::ElectronicSpecial | Form::Toll => {
                "electronic-not-voidable"
            }
            _ => return Ok(()),
        },
    }))
}

fn require_in_force(invoice: &Invoice) -> Result<(), Refusal> {
    match invoice.tax {
        Tax::Normal | Tax::RedPart => Ok(()),
        Tax::Void => Err(Refusal::new("invoice-void")),
        Tax::RedFull => Err(Refusal::new("invoice-red")),
        Tax::Red => Err(Refusal::new("red-invoice")
            .with("reverses", invoice.reverses.as_deref().unwrap_or_default())),
    }
}

fn require_unclaimed(invoice: &Invoice) -> Result<(), Refusal> {
    match &invoice.claim {
        None => Ok(()),
        Some(first) => Err(Refusal::new("already-claimed")
            .with("by", &first.by)
            .with("claim", &first.claim)),
    }
}

/// The company that locked it, and no other, and only until it is closed.
fn require_locker<'a>(
    case: &Case<'_>,
    invoice: &'a mut Invoice,
    by: &str,
) -> Result<&'a mut Claim, Stop> {
    case.context.require_signed(case.event, by, COMPANY)?;
    match (invoice.status, &mut invoice.claim) {
        (Status::Locked, Some(claim)) if claim.by != by => {
            Err(Refusal::new("not-the-locker").with("by", &claim.by).into())
        }
        (Status::Locked, Some(claim)) => Ok(claim),
        _ => Err(Refusal::new("not-locked").into()),
    }
}

fn require_own_issuer(case: &Case<'_>, invoice: &Invoice, issuer: &str) -> Result<(), Stop> {
    if issuer != invoice.issuer {
        let refusal = Refusal::new("other-issuer").with("issuer", &invoice.issuer);
        return Err(refusal.into());
    }
    case.context.require_signed(case.event, issuer, ISSUER)?;
    Ok(())
}
