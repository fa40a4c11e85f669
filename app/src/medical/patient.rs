//! The patient's view: in one screen who may read what, why, until when, whether it holds now, and who has read.

use super::{
    document::{DocumentCard, Told},
    give::GiveForm,
    grant::GrantCard,
    look::use_looking,
    sides,
};
use crate::draw::prelude::*;
use crate::i18n::words;
use crate::shell::use_page;
use crate::widget::{self, IdentityPick, Subject, mine};
use litemap::LiteMap;
use worker::{Identity, Role};

fn ids<'a>(identity: Option<&'a Identity>, kind: &'a str) -> impl Iterator<Item = String> + 'a {
    let records = identity.into_iter().flat_map(|identity| &identity.records);
    records
        .filter(move |record| record.kind == kind)
        .map(|record| record.id.clone())
}

/// Id, title and whether it is shared, of each document that is proven.
fn offered(documents: &[String], told: &LiteMap<String, Told>) -> Vec<(String, Told)> {
    let proven = documents
        .iter()
        .filter_map(|id| Some((id.clone(), told.get(id)?.clone())));
    proven.collect()
}

/// The page.
#[derive(PartialEq)]
pub struct Patient;

part!(Patient, use_patient());

#[hook]
fn use_patient() -> Html {
    let page = use_page();
    let lang = page.lang;
    let key = use_state(String::new);
    let again = use_state(|| 0u32);
    let choose = {
        let key = key.clone();
        Callback::from(move |chosen| key.set(chosen))
    };
    let changed = {
        let again = again.setter();
        Callback::from(move |()| again.change(|again| again + 1))
    };
    let told = use_state(LiteMap::<String, Told>::new);
    let tell = {
        let told = told.setter();
        Callback::from(move |(id, one): (String, Told)| {
            told.change(|told| {
                let mut told = told.clone();
                told.insert(id, one);
                told
            });
        })
    };
    use_looking(again.setter());
    let identity = mine(&page, Role::Patient)
        .into_iter()
        .find(|identity| identity.key == *key);
    let grants: Vec<String> = ids(identity, "grant").collect();
    let documents: Vec<String> = ids(identity, "document").collect();
    // One whose title is not known goes by its id.
    let titled = told.iter().filter(|(id, one)| one.title != **id);
    let titled = titled.map(|(id, one)| (id.clone(), one.title.clone()));
    let titles: LiteMap<String, String> = titled.collect();
    let subject = |id: &String| Subject {
        id: id.clone(),
        identity: (*key).clone(),
        again: *again,
        changed: changed.clone(),
    };
    let content = html! {
        <>
            { widget::link_notice(&page) }
            { sides(lang, false) }
            { part(IdentityPick { role: Role::Patient, chosen: (*key).clone(), choose }) }
            if identity.is_some() {
                <div class="cols">
                    <div class="col">
                        <h2>{ lang.t(words::MED_GRANTS) }</h2>
                        if grants.is_empty() { <p class="note">{ lang.t(words::MED_NO_GRANTS) }</p> }
                        { for grants.iter().map(|id| keyed(id, GrantCard { subject: subject(id), titles: titles.clone() })) }
                        { part(GiveForm { identity: (*key).clone(), documents: offered(&documents, &told), changed: changed.clone() }) }
                        <p class="caption">{ lang.t(words::MED_REVOKE_SAY) }</p>
                    </div>
                    <div class="col">
                        <h2>{ lang.t(words::MED_DOCUMENTS) }</h2>
                        if documents.is_empty() { <p class="note">{ lang.t(words::MED_NO_DOCUMENTS) }</p> }
                        { for documents.iter().map(|id| keyed(id, DocumentCard { subject: subject(id), tell: tell.clone() })) }
                    </div>
                </div>
            }
        </>
    };
    widget::frame(true, content)
}
