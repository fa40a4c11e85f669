//! What happens to patients: three in detail, the others by turns.

use super::{
    Medical, Offered, Shown,
    clinic::{Clinic, Document, Grant, Keeper},
    papers::{CHILD_PAPERS, PAPERS},
};
use crate::demo::{
    calendar::DAY,
    members::{CARDIOLOGIST, EAST, EYE, GROUP, HEALTH, INSURER, PAEDIATRICIAN, RESCUE},
    random::seed,
};
use records::kinds::consent::Finding;

/// Patients with a story of their own.
pub const TOLD: usize = 3;
const REHABILITATION: &str = "nanling-rehabilitation";
const ETHICS: &str = "medical-ethics-centre";

/// Grants in every state, a denial, and two readings in emergency of which one waits for its review.
pub fn patient(clinic: &mut Clinic<'_>, medical: &mut Medical) {
    let calendar = *clinic.calendar;
    let keeper = Keeper::new("沈若兰", seed(&["patient", "shen"]));
    let mut deposit = |day: u32, hospital, paper: usize, accepts: Option<bool>| {
        let document = clinic.propose(calendar.at(day, 1), &keeper, None, hospital, &PAPERS[paper]);
        if let Some(accepts) = accepts {
            clinic.answer(calendar.at(day, 3), &document, accepts);
        }
        document
    };
    let ecg = deposit(2, GROUP, 0, Some(true));
    let discharge = deposit(4, GROUP, 1, Some(true));
    let medication = deposit(7, GROUP, 2, Some(true));
    let ct = deposit(24, GROUP, 3, Some(true));
    let strange = deposit(26, EYE, 7, Some(false));
    let lipids = deposit(40, GROUP, 4, None);
    let later = calendar.end() + 14 * DAY;

    let narrow = clinic.give(
        calendar.at(6, 1),
        &keeper,
        &[&ecg],
        (CARDIOLOGIST, "treatment", "门诊复查"),
        calendar.end() + 5 * DAY,
        None,
    );
    let doctor = clinic.give(
        calendar.at(9, 1),
        &keeper,
        &[&ecg, &medication],
        (CARDIOLOGIST, "treatment", "增加用药记录"),
        later,
        Some(&narrow),
    );
    let rehabilitation = clinic.give(
        calendar.at(8, 1),
        &keeper,
        &[&discharge],
        (REHABILITATION, "referral", ""),
        calendar.lapse(22, 1),
        None,
    );
    let insurer = clinic.give(
        calendar.at(11, 1),
        &keeper,
        &[&discharge],
        (INSURER, "insurance", "理赔案 2026-0815"),
        later,
        None,
    );
    let east = clinic.give(
        calendar.at(12, 1),
        &keeper,
        &[&ecg, &discharge, &medication],
        (EAST, "referral", "转诊治疗"),
        later,
        None,
    );
    clinic.deny(
        calendar.at(13, 1),
        &[&ecg, &discharge, &medication],
        EYE,
        true,
    );
    clinic.deny(calendar.at(27, 1), &[&ct], EYE, true);

    clinic.read(calendar.at(10, 1), &discharge, &rehabilitation);
    clinic.read(calendar.at(12, 3), &discharge, &insurer);
    clinic.read(calendar.at(14, 1), &ecg, &east);
    clinic.read(calendar.at(15, 3), &medication, &east);
    clinic.revoke(calendar.at(16, 3), &insurer);
    clinic.read(calendar.at(33, 1), &medication, &doctor);
    clinic.read(calendar.last(0), &ecg, &doctor);

    let reviewed = clinic.emergency(
        calendar.at(19, 4),
        &medication,
        RESCUE,
        "车祸后意识不清，需知用药与过敏史",
    );
    clinic.review(
        calendar.at(21, 1),
        &reviewed.id,
        &medication,
        HEALTH,
        Finding::Justified,
    );
    let open = clinic.emergency(calendar.at(39, 4), &discharge, RESCUE, "昏迷抢救");

    medical.tell(EAST, &[&ecg, &discharge, &medication], Some(&east));
    medical.tell(CARDIOLOGIST, &[&ecg, &medication], Some(&doctor));
    medical.tell(INSURER, &[&discharge], Some(&insurer));
    medical.tell(EYE, &[&ecg, &discharge], None);
    medical.tell(HEALTH, &[&discharge], None);
    let show = |kind, id: &str, title, title_en| Shown {
        kind,
        id: id.into(),
        title,
        title_en,
    };
    medical.shown.extend([
        show(
            "document",
            &discharge.known.id,
            "一份出院小结：谁看过",
            "A discharge summary and who read it",
        ),
        show("grant", &east.known.id, "有效的授权", "A consent in force"),
        show(
            "grant",
            &insurer.known.id,
            "已撤销的授权",
            "A revoked consent",
        ),
        show(
            "grant",
            &rehabilitation.known.id,
            "已过期的授权",
            "An expired consent",
        ),
        show(
            "read",
            &open.id,
            "紧急调阅，等待复核",
            "An emergency reading that waits for its review",
        ),
        show(
            "read",
            &reviewed.id,
            "紧急调阅，已复核",
            "An emergency reading, reviewed",
        ),
    ]);
    let documents = [&ecg, &discharge, &medication, &ct, &strange, &lipids];
    let grants = [&narrow, &doctor, &rehabilitation, &insurer, &east];
    medical.offered.push(Offered {
        file: "patient-shen",
        title: "患者沈若兰：授权、拒绝、查看记录和紧急调阅",
        title_en: "A patient with consents, denials, readings and an emergency",
        name: keeper.name,
        seed: keeper.seed,
        documents: documents.map(|document| document.known.clone()).to_vec(),
        grants: grants.map(|grant| grant.known.clone()).to_vec(),
        reads: vec![reviewed, open],
    });
}

/// A guardian decides for a child.
pub fn guardian(clinic: &mut Clinic<'_>, medical: &mut Medical) {
    let calendar = *clinic.calendar;
    let guardian = Keeper::new("孔国栋", seed(&["patient", "kong"]));
    let child = Keeper::new("孔嘉禾", seed(&["patient", "kong-child"]));
    let mut documents = Vec::new();
    for (paper, day) in CHILD_PAPERS.iter().zip([10, 28]) {
        let document = clinic.propose(calendar.at(day, 1), &guardian, Some(&child), GROUP, paper);
        clinic.answer(calendar.at(day, 3), &document, true);
        documents.push(document);
    }
    let all: Vec<&Document> = documents.iter().collect();
    let until = calendar.end() + 60 * DAY;
    let grant = clinic.give(
        calendar.at(29, 1),
        &guardian,
        &all,
        (PAEDIATRICIAN, "treatment", "儿科随访"),
        until,
        None,
    );
    clinic.read(calendar.at(30, 1), &documents[0], &grant);
    clinic.deny(calendar.at(31, 1), &all, INSURER, true);
    medical.tell(PAEDIATRICIAN, &all, Some(&grant));
    medical.offered.push(Offered {
        file: "guardian-kong",
        title: "监护人孔国栋：替孩子管理病历",
        title_en: "A guardian who decides for a child",
        name: guardian.name,
        seed: guardian.seed,
        documents: all.iter().map(|document| document.known.clone()).collect(),
        grants: vec![grant.known],
        reads: Vec::new(),
    });
}

/// A patient with one shared document and one to be confirmed; nobody has read anything.
pub fn newcomer(clinic: &mut Clinic<'_>, medical: &mut Medical) {
    let calendar = *clinic.calendar;
    let keeper = Keeper::new("陶云帆", seed(&["patient", "tao"]));
    let shared = clinic.propose(calendar.at(36, 1), &keeper, None, GROUP, &PAPERS[10]);
    clinic.answer(calendar.at(36, 3), &shared, true);
    let proposed = clinic.propose(calendar.last(1), &keeper, None, EAST, &PAPERS[11]);
    medical.tell(EAST, &[&shared], None);
    medical.tell(CARDIOLOGIST, &[&shared], None);
    medical.offered.push(Offered {
        file: "patient-tao",
        title: "患者陶云帆：还没有授权过任何人",
        title_en: "A patient who has given no consent yet",
        name: keeper.name,
        seed: keeper.seed,
        documents: vec![shared.known, proposed.known],
        grants: Vec::new(),
        reads: Vec::new(),
    });
}

/// One of the others; what happens goes by turns.
pub fn ordinary(clinic: &mut Clinic<'_>, n: usize, keeper: &Keeper) {
    const HOSPITALS: [&str; 4] = [GROUP, EAST, GROUP, REHABILITATION];
    const READERS: [(&str, &str); 6] = [
        (EAST, "referral"),
        (CARDIOLOGIST, "treatment"),
        (GROUP, "treatment"),
        (INSURER, "insurance"),
        ("dr-lu-oncology", "treatment"),
        (REHABILITATION, "referral"),
    ];
    let calendar = *clinic.calendar;
    let hospital = HOSPITALS[n % HOSPITALS.len()];
    let first = (n % 12) as u32;
    let documents: Vec<Document> = (0..2 + n % 3)
        .map(|at| {
            let day = first + at as u32 * 2;
            let paper = &PAPERS[(n + at * 5) % PAPERS.len()];
            let document = clinic.propose(calendar.at(day, n % 3), keeper, None, hospital, paper);
            clinic.answer(calendar.at(day, 4), &document, !(n + at).is_multiple_of(13));
            document
        })
        .collect();
    let shared: Vec<&Document> = (0..)
        .zip(&documents)
        .filter(|(at, _)| !(n + at).is_multiple_of(13))
        .map(|(_, document)| document)
        .collect();
    if shared.is_empty() {
        return;
    }
    let (to, purpose) = READERS[n % READERS.len()];
    let until = match n % 5 {
        0 => calendar.lapse(first + 18, 2),
        _ => calendar.end() + 30 * DAY,
    };
    let given = calendar.at(first + 9, 1);
    let grant = clinic.give(given, keeper, &shared, (to, purpose, ""), until, None);
    for visit in 0..n % 4 {
        let document = shared[visit % shared.len()];
        clinic.read(calendar.at(first + 10 + visit as u32, 3), document, &grant);
    }
    afterwards(clinic, n, first, keeper, &shared, &grant);
}

/// What follows a grant, if anything.
fn afterwards(
    clinic: &mut Clinic<'_>,
    n: usize,
    first: u32,
    keeper: &Keeper,
    shared: &[&Document],
    grant: &Grant,
) {
    let calendar = *clinic.calendar;
    let at = |days: u32| calendar.at(first + days, 1);
    match n % 9 {
        1 => clinic.revoke(at(16), grant),
        2 => clinic.deny(at(17), shared, EYE, true),
        3 if !n.is_multiple_of(5) => {
            let wish = (grant.to, "treatment", "延长期限");
            clinic.give(
                at(15),
                keeper,
                shared,
                wish,
                calendar.end() + 90 * DAY,
                Some(grant),
            );
        }
        4 => {
            clinic.deny(at(18), shared, INSURER, true);
            clinic.deny(at(21), shared, INSURER, false);
        }
        5 => {
            let read = clinic.emergency(at(20), shared[0], RESCUE, "急性胸痛，联系不上家属");
            let finding = if n.is_multiple_of(2) {
                Finding::Justified
            } else {
                Finding::Unjustified
            };
            clinic.review(at(23), &read.id, shared[0], ETHICS, finding);
        }
        6 => clinic.recover_in_vain([at(19), at(20)], shared[0]),
        7 => clinic.erase(at(24), shared[shared.len() - 1]),
        _ => {}
    }
}
