//! Our own link: `https://<any host>/<any path>#/r/<kind>/<id>[/<openings>]`.
//!
//! A link names a record and may bring openings of its committed fields. It never names a host, a
//! node, a chain or a verdict: where it came from is dropped unread, so that a stranger's link can
//! do no more than ask a question of the reader's own page.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// A record, and perhaps openings of its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    kind: String,
    id: String,
    openings: Option<Vec<u8>>,
}

impl Link {
    /// A link to the record `(kind, id)`: kind `[a-z][a-z0-9-]{0,31}`, id `[A-Za-z0-9._-]{1,96}`.
    /// Openings are bytes for the module of committed fields to judge; none are better than empty
    /// ones, which are refused.
    pub fn new(kind: &str, id: &str, openings: Option<Vec<u8>>) -> Option<Self> {
        let fits = is_kind(kind) && is_id(id) && openings.as_ref().is_none_or(|o| !o.is_empty());
        fits.then(|| Self {
            kind: kind.to_owned(),
            id: id.to_owned(),
            openings,
        })
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let (place, fragment) = text.split_once('#')?;
        let is_place =
            place.is_empty() || place.starts_with("https://") || place.starts_with("http://");
        let mut parts = fragment
            .strip_prefix("/r/")
            .filter(|_| is_place)?
            .split('/');
        let (kind, id) = (parts.next()?, parts.next()?);
        let openings = match parts.next() {
            None => None,
            Some(text) => Some(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?),
        };
        parts
            .next()
            .is_none()
            .then(|| Self::new(kind, id, openings))?
    }

    /// The record's kind.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The record's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The openings, as they came.
    pub fn openings(&self) -> Option<&[u8]> {
        self.openings.as_deref()
    }

    /// `#/r/<kind>/<id>[/<openings>]`, to put behind the address of any page.
    pub fn to_fragment(&self) -> String {
        let mut fragment = format!("#/r/{}/{}", self.kind, self.id);
        if let Some(openings) = &self.openings {
            fragment.push('/');
            BASE64_URL_SAFE_NO_PAD.encode_string(openings, &mut fragment);
        }
        fragment
    }
}

fn is_kind(text: &str) -> bool {
    text.len() <= 32
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_id(text: &str) -> bool {
    (1..=96).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_not_kept() {
        let here =
            Link::read("https://portal.example/check?node=evil#/r/invoice/144031909110-01034285");
        let there = Link::read("http://127.0.0.1:8080/#/r/invoice/144031909110-01034285");
        let bare = Link::read("#/r/invoice/144031909110-01034285");
        assert!(here.is_some());
        assert_eq!(here, there);
        assert_eq!(here, bare);
    }

    #[test]
    fn openings_come_back_as_they_went() {
        let openings = vec![1, 0xff, 0, 7, 200];
        let link = Link::new("invoice", "25432000000031411143", Some(openings.clone())).unwrap();
        let read = Link::read(&link.to_fragment()).unwrap();
        assert_eq!(read.openings(), Some(openings.as_slice()));
        assert_eq!(read, link);
    }

    #[test]
    fn a_link_that_says_more_or_less_is_no_link() {
        let long_id = format!("#/r/invoice/{}", "a".repeat(97));
        let long_kind = format!("#/r/{}/1", "a".repeat(33));
        for text in [
            "",
            "#",
            "#/r/",
            "#/r/invoice",
            "#/r/invoice/",
            "#/r//1",
            "#/r/Invoice/1",
            "#/r/1invoice/1",
            "#/r/invoice/1/",
            "#/r/invoice/1/AQ==",
            "#/r/invoice/1/AR",
            "#/r/invoice/1/A+/x",
            "#/r/invoice/1/AQ/2",
            "#/r/invoice/1?node=https:x",
            "#/r/invoice/票",
            "#/s/invoice/1",
            "javascript:x#/r/invoice/1",
            "https://a.example/r/invoice/1",
            &long_id,
            &long_kind,
        ] {
            assert_eq!(Link::read(text), None, "{text}");
        }
    }
}
