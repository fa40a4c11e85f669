//! The members of the demo consortium: four that hold validators, and those whom they admitted.

use super::{
    book::{Book, Key},
    calendar::{Calendar, HOUR},
    parties::{ENTERPRISE, INSTITUTION, credit_code},
    random::seed,
};
use records::{
    KeyType, Payload, RecordName, SecretKey, ValidatorKey, canonical,
    hash::sha256,
    kinds::{
        consortium::{Found, Founder, Validator},
        member::{Key as MemberKey, Member},
    },
    seal::SealKey,
};
use std::{collections::BTreeMap, sync::Arc};

/// A founding member, as far as a node that runs its validator must know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Founding {
    /// Member id.
    pub id: &'static str,
    /// Name, Chinese.
    pub name: &'static str,
    /// Name, English.
    pub name_en: &'static str,
    /// Voting power of its one validator.
    pub power: u64,
}

/// The four founders; none reaches a third of the power.
pub const FOUNDERS: [Founding; 4] = [
    founding(TAX, "江滨市税务局", "Jiangbin Tax Bureau", 31),
    founding(GROUP, "江滨市医疗集团", "Jiangbin Hospital Group", 26),
    founding(
        PROPERTY,
        "江滨市住房和建设局",
        "Jiangbin Housing and Construction Bureau",
        23,
    ),
    founding(NOTARY, "江滨市公证处", "Jiangbin Notary Office", 20),
];

const fn founding(
    id: &'static str,
    name: &'static str,
    name_en: &'static str,
    power: u64,
) -> Founding {
    Founding {
        id,
        name,
        name_en,
        power,
    }
}

/// Their roles, in the same order.
const FOUNDERS_ROLES: [&[&str]; 4] = [
    &["tax-bureau"],
    &["hospital", "issuer"],
    &["regulator"],
    &["notary", "desk"],
];

pub const TAX: &str = "tax-bureau";
pub const GROUP: &str = "hospital-group";
pub const PROPERTY: &str = "property-regulator";
pub const NOTARY: &str = "notary-office";
pub const STREET: &str = "street-office";
pub const COMMITTEE: &str = "taoyuan-committee";
pub const HEYUAN: &str = "heyuan-committee";
pub const LENDERS: &str = "lenders-committee";
pub const FINANCE: &str = "finance-bureau";
pub const TREASURY: &str = "fiscal-bureau";
pub const ARBITRATION: &str = "arbitration-commission";
pub const HEALTH: &str = "health-commission";
pub const EAST: &str = "donghu-hospital";
pub const EYE: &str = "mingzhu-eye-hospital";
pub const RESCUE: &str = "emergency-centre";
pub const CARDIOLOGIST: &str = "dr-han-cardiology";
pub const PAEDIATRICIAN: &str = "dr-ye-paediatrics";
pub const INSURER: &str = "antai-insurance";

/// id, Chinese name, English name, organisation, roles.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const AUTHORITIES: [Row; 17] = [
    (
        HEYUAN,
        "荷苑小区业主委员会",
        "Heyuan Owners’ Committee",
        HEYUAN,
        &["convener"],
    ),
    (
        TREASURY,
        "江滨市财政局",
        "Jiangbin Finance Bureau",
        TREASURY,
        &["finance-department"],
    ),
    (
        STREET,
        "桃源街道办事处",
        "Taoyuan Subdistrict Office",
        STREET,
        &["desk"],
    ),
    (
        COMMITTEE,
        "桃源小区业主委员会",
        "Taoyuan Owners’ Committee",
        COMMITTEE,
        &["convener"],
    ),
    (
        LENDERS,
        "山海网贷出借人监督委员会",
        "Shanhai Lenders’ Committee",
        LENDERS,
        &["convener"],
    ),
    (
        FINANCE,
        "江滨市地方金融管理局",
        "Jiangbin Financial Regulator",
        FINANCE,
        &["regulator"],
    ),
    (
        ARBITRATION,
        "江滨仲裁委员会",
        "Jiangbin Arbitration Commission",
        ARBITRATION,
        &["desk"],
    ),
    (
        HEALTH,
        "江滨市卫生健康委员会",
        "Jiangbin Health Commission",
        HEALTH,
        &["reviewer"],
    ),
    (
        "medical-ethics-centre",
        "江滨医学伦理中心",
        "Jiangbin Medical Ethics Centre",
        "medical-ethics-centre",
        &["reviewer"],
    ),
    (
        EAST,
        "东湖人民医院",
        "Donghu People’s Hospital",
        EAST,
        &["hospital"],
    ),
    (
        EYE,
        "明珠眼科医院",
        "Mingzhu Eye Hospital",
        EYE,
        &["hospital"],
    ),
    (
        "nanling-rehabilitation",
        "南岭康复医院",
        "Nanling Rehabilitation Hospital",
        "nanling-rehabilitation",
        &["hospital"],
    ),
    (
        RESCUE,
        "江滨市急救中心",
        "Jiangbin Emergency Centre",
        RESCUE,
        &["hospital"],
    ),
    (
        CARDIOLOGIST,
        "韩怀瑾医生（东湖医院心内科）",
        "Dr Han, Cardiology",
        EAST,
        &["doctor"],
    ),
    (
        PAEDIATRICIAN,
        "叶知夏医生（医疗集团儿科）",
        "Dr Ye, Paediatrics",
        GROUP,
        &["doctor"],
    ),
    (
        "dr-lu-oncology",
        "陆承志医生（医疗集团肿瘤科）",
        "Dr Lu, Oncology",
        GROUP,
        &["doctor"],
    ),
    (
        INSURER,
        "安泰健康保险股份有限公司",
        "Antai Health Insurance",
        INSURER,
        &["company"],
    ),
];

/// Companies that claim invoices for their staff.
pub const COMPANIES: [(&str, &str, &str); 8] = [
    (
        "yuanhang-technology",
        "江滨远航科技有限公司",
        "Yuanhang Technology",
    ),
    ("haina-design", "海纳建筑设计院有限公司", "Haina Architects"),
    ("chenxi-law", "晨曦（江滨）律师事务所", "Chenxi Law Firm"),
    (
        "hanhai-logistics",
        "瀚海物流股份有限公司",
        "Hanhai Logistics",
    ),
    ("xinhe-education", "新禾教育咨询有限公司", "Xinhe Education"),
    (
        "qiming-software",
        "启明软件（江滨）有限公司",
        "Qiming Software",
    ),
    (
        "wanqu-construction",
        "湾区建工集团有限公司",
        "Wanqu Construction",
    ),
    ("beichen-biotech", "北辰生物技术有限公司", "Beichen Biotech"),
];

/// Issuers besides the hospital group.
pub const ISSUERS: [(&str, &str, &str); 19] = [
    (
        "skyline-restaurant",
        "江滨天际旋转餐厅有限公司",
        "Skyline Revolving Restaurant",
    ),
    ("jiangbin-metro", "江滨地铁运营有限公司", "Jiangbin Metro"),
    ("yunan-hotel", "云岸酒店管理有限公司", "Yun’an Hotel"),
    ("jiangbin-taxi", "江滨出行汽车服务有限公司", "Jiangbin Taxi"),
    (
        "huilin-market",
        "惠邻连锁超市有限公司",
        "Huilin Supermarkets",
    ),
    ("zhixing-books", "知行书店有限公司", "Zhixing Bookshop"),
    ("wanlian-telecom", "湾联通信有限公司", "Wanlian Telecom"),
    (
        "wentai-office",
        "文泰办公用品有限公司",
        "Wentai Office Supplies",
    ),
    ("jifeng-express", "疾风快运有限公司", "Jifeng Express"),
    (
        "anju-property",
        "安居物业服务有限公司",
        "Anju Property Services",
    ),
    ("jiangbin-power", "江滨供电有限公司", "Jiangbin Power"),
    ("jiangbin-water", "江滨水务有限公司", "Jiangbin Water"),
    (
        "haitong-fuel",
        "海通石油销售有限公司",
        "Haitong Filling Stations",
    ),
    ("lingshang-tea", "岭上茶业有限公司", "Lingshang Tea"),
    (
        "zhiyuan-electronics",
        "智元电子商贸有限公司",
        "Zhiyuan Electronics",
    ),
    ("caiyun-printing", "彩云印务有限公司", "Caiyun Printing"),
    (
        "boxue-training",
        "博学职业培训学校有限公司",
        "Boxue Training",
    ),
    ("lvye-gardens", "绿野园林工程有限公司", "Lüye Gardens"),
    ("maixiang-bakery", "麦香烘焙食品有限公司", "Maixiang Bakery"),
];

/// One member, with its keys.
pub struct Person {
    /// The record.
    pub member: Member,
    /// Seed of its identity file.
    pub seed: [u8; 32],
    /// Its signing key.
    pub key: Key,
    /// Its credit code.
    pub credit_code: String,
}

/// Every member.
pub struct Members {
    people: BTreeMap<&'static str, Person>,
    admitted: Vec<&'static str>,
}

impl Members {
    /// All of them; keys count from `from`, Unix nanoseconds.
    pub fn new(from: i64) -> Self {
        let companies = COMPANIES
            .iter()
            .map(|(id, name, name_en)| (*id, *name, *name_en, *id, &["company"][..]));
        let issuers = ISSUERS
            .iter()
            .map(|(id, name, name_en)| (*id, *name, *name_en, *id, &["issuer"][..]));
        let admitted: Vec<Row> = AUTHORITIES
            .into_iter()
            .chain(companies)
            .chain(issuers)
            .collect();
        let founders = FOUNDERS
            .iter()
            .zip(FOUNDERS_ROLES)
            .map(|(founder, roles)| (founder.id, founder.name, founder.name_en, founder.id, roles));
        let everyone = founders.chain(admitted.iter().copied());
        Self {
            people: everyone.map(|row| (row.0, person(row, from))).collect(),
            admitted: admitted.iter().map(|row| row.0).collect(),
        }
    }

    /// The member of this id.
    pub fn get(&self, id: &str) -> &Person {
        &self.people[id]
    }

    /// Its signing key.
    pub fn key(&self, id: &str) -> &Key {
        &self.get(id).key
    }

    fn founders(&self) -> impl Iterator<Item = &Key> {
        FOUNDERS.iter().map(|founder| self.key(founder.id))
    }

    /// The founding event, at height 0 and genesis time; `validators` in the order of [`FOUNDERS`], `key_types` those that later ones may have.
    pub fn genesis(
        &self,
        chain: &str,
        start: i64,
        validators: &[ValidatorKey; 4],
        key_types: &[KeyType],
    ) -> Vec<u8> {
        let members = FOUNDERS
            .iter()
            .zip(validators)
            .map(|(founder, key)| Founder {
                member: self.get(founder.id).member.clone(),
                validators: vec![Validator::new(key.clone(), founder.power)],
            });
        let body = Found {
            members: members.collect(),
            key_types: (key_types != [KeyType::Ed25519]).then(|| key_types.to_vec()),
        };
        let keys: Vec<&SecretKey> = self.founders().map(Arc::as_ref).collect();
        Payload {
            body: canonical::to_value(&body).expect("integers and strings"),
            chain: chain.into(),
            seq: 0,
            subject: RecordName::new("consortium", "main").expect("a record name"),
            event_type: "consortium.found".into(),
            until: start + HOUR,
        }
        .sign(&keys)
        .expect("encodes")
        .encode()
    }

    /// Admits everybody else in the first block.
    pub fn admit(&self, book: &mut Book, calendar: &Calendar) {
        let quorum: Vec<&Key> = self.founders().collect();
        for id in &self.admitted {
            let member = &self.get(id).member;
            book.write(calendar.start(), "member.admit", id, member, &quorum);
        }
    }
}

fn person(row: Row, from: i64) -> Person {
    let (id, name, name_en, org, roles) = row;
    let seed = member_seed(id);
    let key = Arc::new(member_key(id));
    let reads = roles
        .iter()
        .any(|role| ["hospital", "doctor"].contains(role))
        || id == INSURER;
    let kind = if roles.contains(&"issuer") || roles.contains(&"company") {
        ENTERPRISE
    } else {
        INSTITUTION
    };
    let kind = if id == GROUP { INSTITUTION } else { kind };
    let credit_code = credit_code(id, kind);
    // Invoices name their buyer by it.
    let org = if roles.contains(&"company") {
        &credit_code
    } else {
        org
    };
    Person {
        member: Member {
            id: id.into(),
            name: name.into(),
            name_en: name_en.into(),
            org: org.into(),
            roles: roles.iter().map(|role| role.to_string()).collect(),
            keys: vec![MemberKey {
                key: key.public(),
                from,
                until: None,
            }],
            seal_key: if reads {
                seal_key(&seed).public()
            } else {
                String::new()
            },
        },
        seed,
        key,
        credit_code,
    }
}

fn member_seed(id: &str) -> [u8; 32] {
    seed(&["member", id])
}

/// The key with which a member of the demo signs.
pub fn member_key(id: &str) -> SecretKey {
    SecretKey::from_seed(&member_seed(id))
}

/// The sealing key of an identity.
pub fn seal_key(seed: &[u8; 32]) -> SealKey {
    SealKey::from_seed(&sha256(&[b"lianyan/seal-key/1", seed]))
}
