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
use worker::{Identity, Role};

fn ids<'a>(identity: Option<&'a Identity>, kind: &'a str) -> impl Iterator<Item = String> + 'a {
    let records = identity.into_iter().flat_map(|identity| &identity.records);
    records
        .filter(move |record| record.kind == kind)
        .map(|record| record.id.clone())
}

/// Those documents of which something is proven.
fn offered(documents: &[String], told: &[Told]) -> Vec<Told> {
    let told = |id: &String| told.iter().find(|one| one.id == *id).cloned();
    documents.iter().filter_map(told).collect()
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
    let told = use_state(Vec::<Told>::new);
    let tell = {
        let told = told.setter();
        Callback::from(move |one: Told| {
            told.change(|told| {
                let others = told.iter().filter(|other| other.id != one.id);
                others.chain([&one]).cloned().collect()
            });
        })
    };
    use_looking(again.setter());
    let identity = mine(&page, Role::Patient)
        .into_iter()
        .find(|identity| identity.key == *key);
    let grants: Vec<String> = ids(identity, "grant").collect();
    let documents: Vec<String> = ids(identity, "document").collect();
    let told = offered(&documents, &told);
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
                        { for grants.iter().map(|id| keyed(id, GrantCard { subject: subject(id), told: told.clone() })) }
                        { part(GiveForm { identity: (*key).clone(), documents: told, changed: changed.clone() }) }
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
