//! Codes and what they say to people. A sentence may carry a detail behind a bar: `sentence|detail`.

use super::{Lang, filled};
use std::collections::BTreeMap;

/// Code, Chinese, English.
type Table = &'static [(&'static str, &'static str, &'static str)];

/// The sentence on top of a verdict.
const HEADLINES: Table = &[
    ("invoice-unchanged-unclaimed", "内容与链上一致，尚未报销", "Matches the chain, not yet claimed"),
    ("invoice-present-unclaimed", "链上有这张发票，尚未报销；票面内容未能核对", "The chain holds this invoice, not yet claimed; its content could not be compared"),
    ("invoice-locked", "内容与链上一致，已被{by}锁定报销", "Matches the chain, but is being claimed by {by}"),
    ("invoice-closed", "内容与链上一致，已由{by}报销入账", "Matches the chain, but was already claimed by {by}"),
    ("invoice-red-flushed", "这张发票已被全额红冲", "This invoice was red-flushed in full"),
    ("invoice-red-partly", "这张发票已被部分红冲", "This invoice was partly red-flushed"),
    ("invoice-void", "这张发票已作废", "This invoice is void"),
    ("invoice-absent", "链上没有这张发票", "The chain holds no such invoice"),
    ("fields-altered", "票面内容与链上承诺不符", "What it says differs from what the chain commits to"),
    ("record-unchanged", "与链上记录一致", "Matches the record on the chain"),
    ("record-absent", "链上没有这条记录", "The chain holds no such record"),
    ("grant-in-force", "授权有效", "The consent is in force"),
    ("grant-revoked", "授权已撤销", "The consent was revoked"),
    ("grant-expired", "授权已过期", "The consent has expired"),
    ("grant-superseded", "授权已被新的授权替代", "The consent was superseded"),
    ("document-proposed", "病历等待患者确认", "The document waits for the patient"),
    ("document-shared", "病历与链上记录一致", "The document matches its record"),
    ("document-rejected", "患者没有接受这份病历", "The patient rejected this document"),
    ("document-erased", "内容已依法删除，记录仍在", "The content was erased by law; the record remains"),
    ("vote-open", "表决正在进行，票数已核验", "The vote is open; its count is verified"),
    ("vote-not-open", "表决尚未开始", "The vote has not opened yet"),
    ("vote-passed", "表决通过，计票已核验", "The vote passed; its count is verified"),
    ("vote-failed", "表决未通过，计票已核验", "The vote did not pass; its count is verified"),
    ("ballot-in", "这张票已在链上，并计入结果", "This ballot is on the chain and counted"),
    ("ballot-absent", "链上没有这张票", "The chain holds no such ballot"),
    ("recount-agrees", "重新计票的结果与链上公布的逐项相同", "The recount equals the published result"),
    ("recount-differs", "重新计票的结果与链上公布的不同", "The recount differs from the published result"),
    ("not-established", "现在还不能下结论", "No conclusion can be drawn now"),
    ("not-a-known-code", "这不是能识别的发票码或链接", "This is neither a known invoice code nor a link"),
    ("proof-refused", "节点给出的证明不成立", "The node’s proof does not hold"),
    ("offline", "连不上节点，现在不能下结论", "No node can be reached; no conclusion can be drawn now"),
    ("stale", "最新的区块头太旧，现在不能下结论", "The newest header is too old; no conclusion can be drawn now"),
    ("trust-expired", "内置检查点已过期，需要更新本页", "The built-in checkpoint has expired; this page needs an update"),
    ("nodes-disagree", "节点的说法不一致，现在不能下结论", "The nodes disagree; no conclusion can be drawn now"),
];

/// Reasons of checks, of failures and of refusals.
const REASONS: Table = &[
    // Scan read
    ("crc-matches", "扫码完整|二维码末尾的校验值相符", "The code was read whole|its closing check value agrees"),
    ("crc-differs", "扫码完整与否未能确认|末尾校验值的算法未知，不影响下面的核验", "Whether the code was read whole is unknown|its check value follows no known rule; what follows does not depend on it"),
    ("no-check-value", "二维码没有校验值|这种码本来就不带，不影响下面的核验", "The code carries no check value|this form never does; what follows does not depend on it"),
    ("link-read", "链接完整|只含记录编号，不含网址、节点或结论", "The link is complete|it names a record and no host, node or verdict"),
    ("not-a-known-code", "不是能识别的发票码或链接", "Neither a known invoice code nor a link"),
    ("format-unconfirmed", "票据码的格式未确认|按常见写法解读", "The bill code’s format is unconfirmed|read as it is commonly written"),
    // Fields match
    ("fields-match", "内容与链上承诺逐项相符|共核对 {count} 项", "Every field equals what the chain commits to|{count} fields compared"),
    ("print-matches", "票面与链上承诺的印制摘要相符|金额、号码、日期、校验码", "The printed code equals the chain’s print digest|amount, number, date, check code"),
    ("fields-differ", "与链上承诺不符：{fields}", "Differs from what the chain commits to: {fields}"),
    ("print-differs", "票面与链上承诺的印制摘要不符|金额、号码、日期或校验码中至少一项被改动", "The printed code does not equal the chain’s print digest|at least one of amount, number, date, check code differs"),
    ("nothing-to-compare", "没有可以核对的票面内容|这种码不含内容的开示值，只能核对记录本身", "No content to compare|this form carries no openings; only the record itself was checked"),
    ("no-openings", "没有可以核对的票面内容|链接里不含票面内容", "No content to compare|the link carries no openings"),
    // In state
    ("present", "记录在链上|默克尔证明相符，高度 {height}", "The record is on the chain|its Merkle proof holds at height {height}"),
    ("absent", "链上证明没有这条记录|不存在证明相符，高度 {height}", "The chain proves that there is no such record|the absence proof holds at height {height}"),
    ("proof-invalid", "节点给出的证明不成立|按不可信处理", "The node’s proof does not hold|it is not relied on"),
    ("state-differs", "节点给出的状态与证明不符|内容被改过", "The node’s state does not match its proof|it was altered"),
    ("no-proof", "没有取到证明", "No proof was obtained"),
    // History replayed
    ("replayed", "历史完整，已在本机重演 {entries} 步|日志根与状态证明相符，没有被隐藏的操作", "The history is complete: {entries} steps replayed here|the log’s root matches the proof; nothing is hidden"),
    ("log-incomplete", "节点给出的历史不完整|日志根与证明不符，有操作被隐藏或改动", "The node’s history is incomplete|its root does not match the proof: a step was hidden or altered"),
    ("replay-differs", "重演历史得不到链上的状态", "Replaying the history does not give the proven state"),
    ("rules-unknown", "本页太旧，不认识现行规则版本 {version}", "This page is too old for rules version {version}"),
    ("log-unavailable", "没有取到历史", "The history could not be obtained"),
    ("nothing-to-replay", "没有历史可以重演", "There is no history to replay"),
    ("sampled", "抽查了 {count} 张票，全部相符|不是全部重新计票", "A sample of {count} ballots was checked and agrees|this is not a full recount"),
    // Header signed
    ("quorum-signed", "区块头由 {members} 家机构签名，占表决权 {percent}|需超过三分之二；信任推进 {steps} 步", "The header is signed by {members} members, {percent} of the power|more than two thirds needed; trust advanced {steps} steps"),
    ("too-little-power", "签名的表决权不足三分之二|只有 {percent}", "Less than two thirds of the power signed|only {percent}"),
    ("bad-signature", "区块头的签名无效", "A signature on the header is invalid"),
    ("no-header", "没有取到可信的区块头", "No trusted header was obtained"),
    ("trust-expired", "内置检查点已过期|需要更新本页", "The built-in checkpoint has expired|this page needs an update"),
    ("not-enough-trust", "新区块头的签名者中，原先可信的不足三分之二", "Too few of the header’s signers were trusted before"),
    ("invalid-header", "节点给出的区块头不成立", "The node’s header does not hold"),
    ("checkpoint-differs", "链上的区块与内置检查点不同|可能是另一条链", "The chain’s block differs from the built-in checkpoint|it may be another chain"),
    // Header fresh
    ("fresh", "区块头是 {age_seconds}前的", "The header is {age_seconds} old"),
    ("stale", "区块头已是 {age_seconds}前的|之后发生的事看不到", "The header is {age_seconds} old|what happened since cannot be seen"),
    ("from-the-future", "区块头的时间比本机快 {age_seconds}|请检查设备的时间", "The header is {age_seconds} ahead of this device|check the device’s clock"),
    // Nodes agree
    ("nodes-agree", "{count} 个独立节点一致|{names}", "{count} independent nodes agree|{names}"),
    ("one-node-only", "只问到一个节点|没有其他节点可以比对", "Only one node answered|there was no other to compare with"),
    ("nodes-disagree", "节点的说法不一致|{names}", "The nodes disagree|{names}"),
    ("no-node", "没有节点回答", "No node answered"),
    // Life-cycle
    ("issued", "已开票，尚未报销", "Issued, not yet claimed"),
    ("held", "在持票人手中，尚未报销", "With its holder, not yet claimed"),
    ("locked", "已被{by}锁定，报销中|报销单 {claim}；别的单位不能再报", "Being claimed by {by}|claim {claim}; no one else can claim it"),
    ("closed", "已由{by}报销入账|报销单 {claim}", "Already claimed by {by}|claim {claim}"),
    ("red-full", "已全额红冲", "Red-flushed in full"),
    ("red-part", "已部分红冲", "Partly red-flushed"),
    ("void", "已作废", "Void"),
    ("in-force", "有效", "In force"),
    ("revoked", "已撤销", "Revoked"),
    ("expired", "已过期|于 {until}", "Expired|at {until}"),
    ("superseded", "已被替代", "Superseded"),
    ("proposed", "等待患者确认", "Waits for the patient"),
    ("shared", "患者已确认入档", "Confirmed by the patient"),
    ("rejected", "患者未接受", "Rejected by the patient"),
    ("erased", "内容已依法删除", "Content erased by law"),
    ("not-open", "尚未开始", "Not open yet"),
    ("open", "正在进行|{until} 截止", "Open|closes at {until}"),
    ("ended", "已截止", "Closed"),
    ("no-life", "没有这条记录，谈不上状态", "No record, hence no state"),
    ("unknown-now", "现在的状态未能确认", "Its present state is not established"),
    // Outside proof
    ("facts-outside", "事情是否真实发生：不在核验范围|链上能证明“记录后未被改动”，不能证明“事实为真”", "Whether it really happened: outside every proof|a chain proves that a record is unchanged, not that it is true"),
    ("reads-outside", "链外的查看：不在核验范围|只能证明登记在链上的查看", "Reads outside the chain: outside every proof|only registered reads can be proven"),
    ("electorate-outside", "名册是否真实：由认定机构负责|{names}", "Whether the roster is true: stated by|{names}"),
    // Failures of questions and of signing
    ("verifier-ended", "核验程序中断了，没有得出结论", "The verifier stopped; there is no conclusion"),
    ("no-node-answers", "连不上任何节点|请检查网络后再试", "No node can be reached|check the network and try again"),
    ("not-written", "没有在时限内写入|{until} 之后可以再提交", "It was not written in time|it can be sent again after {until}"),
    ("refused", "没有写入：不符合规则|{code} {law}", "Not written: it breaks a rule|{code} {law}"),
    ("key-not-exported", "先保存身份文件，才能签名", "Save the identity file before signing"),
    ("no-such-key", "这台设备上没有这个身份", "This device does not hold that identity"),
    ("bad-identity-file", "这不是身份文件，或内容不完整", "This is no identity file, or it is incomplete"),
    ("not-in-roster", "这个身份不在表决名册里", "This identity is not in the vote’s roster"),
    ("denied", "患者拒绝了您查看", "The patient denied you"),
    ("no-grant", "没有有效的授权", "There is no consent in force"),
    ("content-missing", "节点上没有病历内容", "The content is not at the node"),
    ("cannot-open", "这个身份打不开病历内容", "This identity cannot open the content"),
    ("storage-failed", "浏览器不让保存|请检查是否为无痕模式", "The browser refuses to store|is this a private window?"),
];

/// What is being waited for.
const STEPS: Table = &[
    ("loading", "正在取来核验程序……", "Fetching the verifier …"),
    ("reading", "正在识读内容……", "Reading the text …"),
    ("asking-nodes", "正在向节点询问最新区块头……", "Asking the nodes for the newest header …"),
    ("checking-signatures", "正在核对区块头的签名（{done}/{total}）……", "Checking the header’s signatures ({done}/{total}) …"),
    ("stepping", "正在从检查点推进信任，到高度 {height}……", "Advancing trust from the checkpoint, to height {height} …"),
    ("asking-proof", "正在取默克尔证明……", "Fetching the Merkle proof …"),
    ("fetching-log", "正在取历史（{done}/{total}）……", "Fetching the history ({done}/{total}) …"),
    ("replaying", "正在本机重演历史（{done}/{total}）……", "Replaying the history here ({done}/{total}) …"),
    ("counting", "正在数票（{done}/{total}）……", "Counting ballots ({done}/{total}) …"),
    ("asking-witnesses", "正在向其他节点核对……", "Comparing with other nodes …"),
    ("signing", "正在本机签名……", "Signing on this device …"),
    ("sending", "正在交给节点……", "Handing it to a node …"),
    ("waiting-block", "正在等待写入区块……", "Waiting for a block …"),
    ("fetching-content", "正在取密封的内容并解封……", "Fetching the sealed content and opening it …"),
];

/// Fields and facts on cards.
const FIELDS: Table = &[
    ("kind", "票种", "Kind"),
    ("amount", "金额", "Amount"),
    ("tax", "税额", "Tax"),
    ("total", "价税合计", "Total"),
    ("date", "开票日期", "Date"),
    ("seller_name", "销售方", "Seller"),
    ("seller_id", "销售方税号", "Seller’s id"),
    ("buyer_name", "购买方", "Buyer"),
    ("buyer_id", "购买方税号", "Buyer’s id"),
    ("lines", "明细", "Lines"),
    ("check_code", "校验码", "Check code"),
    ("payment_ref", "支付凭证", "Payment"),
    ("remarks", "备注", "Remarks"),
    ("code", "发票代码", "Invoice code"),
    ("number", "发票号码", "Number"),
    ("hash", "交易哈希", "Hash"),
    ("issuer", "开票方", "Issuer"),
    ("class", "类别", "Class"),
    ("title", "标题", "Title"),
    ("department", "科室", "Department"),
    ("patient_name", "患者", "Patient"),
    ("author", "医生", "Author"),
    ("purpose", "目的", "Purpose"),
    ("scope", "范围", "Scope"),
    ("note", "附言", "Note"),
    ("hospital", "医院", "Hospital"),
    ("reason", "理由", "Reason"),
    ("claim", "报销单", "Claim"),
    ("finding", "结论", "Finding"),
    ("choice", "意见", "Choice"),
    ("rank", "方式", "Cast by"),
    ("rooms", "房屋", "Rooms"),
];

/// Events of a history.
const EVENTS: Table = &[
    ("invoice.issue", "开票", "Issued"),
    ("invoice.pass", "转交", "Passed on"),
    ("invoice.lock", "锁定报销", "Locked for a claim"),
    ("invoice.unlock", "解除锁定", "Unlocked"),
    ("invoice.close", "报销入账", "Claimed and entered"),
    ("invoice.red", "红冲", "Red-flushed"),
    ("invoice.void", "作废", "Voided"),
    ("quota.grant", "领票", "Quota granted"),
    ("document.propose", "医院存入病历", "Deposited by the hospital"),
    ("document.confirm", "患者确认入档", "Confirmed by the patient"),
    ("document.reject", "患者不接受", "Rejected by the patient"),
    ("document.deny", "拒绝查看", "Denied"),
    ("document.allow", "取消拒绝", "Denial lifted"),
    ("document.recover", "更换密钥（3 天后生效）", "Key replaced (in force after 3 days)"),
    ("document.veto", "否决更换密钥", "Replacement of the key vetoed"),
    ("document.erase", "依法删除内容", "Content erased by law"),
    ("grant.give", "授权查看", "Permitted to read"),
    ("grant.revoke", "撤销授权", "Consent revoked"),
    ("read.done", "查看", "Read"),
    ("read.emergency", "紧急调阅，没有授权", "Emergency reading, without a consent"),
    ("read.review", "复核紧急调阅", "Emergency reading reviewed"),
    ("room.bind", "绑定密钥", "Key bound"),
    ("vote.open", "发起表决", "Vote opened"),
    ("vote.extend", "延长表决", "Vote extended"),
    ("ballot.cast", "投票", "Ballot cast"),
];

/// Purposes, matters, choices, roles and other small codes.
const SMALL: Table = &[
    ("treatment", "诊疗", "Treatment"),
    ("referral", "转诊", "Referral"),
    ("insurance", "保险理赔", "Insurance"),
    ("research", "科研", "Research"),
    ("for", "同意", "For"),
    ("against", "反对", "Against"),
    ("abstain", "弃权", "Abstain"),
    ("owner", "本人", "in person"),
    ("proxy", "代理", "by proxy"),
    ("paper", "纸质", "on paper"),
    ("holder", "持票人", "Holder"),
    ("patient", "患者", "Patient"),
    ("justified", "理由成立", "Justified"),
    ("unjustified", "理由不成立", "Not justified"),
    ("reimbursed", "报销", "Reimbursed"),
    ("entered", "入账", "Entered"),
    ("declared", "报税", "Declared"),
    ("tax-bureau", "税务局", "Tax bureau"),
    ("issuer", "开票方", "Issuer"),
    ("company", "企业", "Company"),
    ("hospital", "医院", "Hospital"),
    ("doctor", "医生", "Doctor"),
    ("reviewer", "复核机构", "Reviewer"),
    ("regulator", "主管部门", "Regulator"),
    ("convener", "召集人", "Convener"),
    ("notary", "公证处", "Notary"),
    ("desk", "登记窗口", "Registration desk"),
    ("1", "制定和修改业主大会议事规则", "Rules of the owners’ assembly"),
    ("2", "制定和修改管理规约", "Management agreement"),
    ("3", "选举或更换业主委员会", "Electing or replacing the committee"),
    ("4", "选聘和解聘物业服务企业", "Hiring or dismissing the property manager"),
    ("5", "使用维修资金", "Using the maintenance fund"),
    ("6", "筹集维修资金", "Raising the maintenance fund"),
    ("7", "改建、重建建筑物", "Rebuilding or reconstruction"),
    ("8", "改变共有部分用途或经营", "Changing the use of common parts"),
    ("9", "其他重大事项", "Other matters of all owners"),
    ("lenders", "出借人表决", "Vote of lenders"),
];

/// All tables, for the tests.
#[cfg(test)]
pub const TABLES: &[Table] = &[HEADLINES, REASONS, STEPS, FIELDS, EVENTS, SMALL];

fn find(table: Table, lang: Lang, code: &str) -> Option<&'static str> {
    table.iter().find(|(known, _, _)| *known == code).map(|(_, zh, en)| lang.pick(zh, en))
}

fn sentence(table: Table, lang: Lang, code: &str, facts: &BTreeMap<String, String>) -> Option<(String, String)> {
    let text = filled(lang, find(table, lang, code)?, facts);
    Some(match text.split_once('|') {
        Some((sentence, detail)) => (sentence.to_owned(), detail.to_owned()),
        None => (text, String::new()),
    })
}

/// A headline; an unknown code is shown as it is, so that nothing is hidden.
pub fn headline(lang: Lang, code: &str, facts: &BTreeMap<String, String>) -> String {
    let known = sentence(HEADLINES, lang, code, facts).or_else(|| sentence(REASONS, lang, code, facts));
    known.map_or_else(|| code.to_owned(), |(sentence, _)| sentence)
}

/// A reason's sentence and detail; an unknown code stands as the sentence.
pub fn reason(lang: Lang, code: &str, facts: &BTreeMap<String, String>) -> (String, String) {
    let known = sentence(REASONS, lang, code, facts).or_else(|| sentence(HEADLINES, lang, code, facts));
    known.unwrap_or_else(|| (code.to_owned(), String::new()))
}

/// What is being waited for.
pub fn step(lang: Lang, code: &str, facts: &BTreeMap<String, String>) -> String {
    sentence(STEPS, lang, code, facts).map_or_else(|| code.to_owned(), |(sentence, _)| sentence)
}

/// A field's name.
pub fn field(lang: Lang, name: &str) -> String {
    find(FIELDS, lang, name).unwrap_or(name).to_owned()
}

/// An event's name.
pub fn event(lang: Lang, name: &str) -> String {
    find(EVENTS, lang, name).unwrap_or(name).to_owned()
}

/// A purpose, matter, choice or role.
pub fn small(lang: Lang, code: &str) -> String {
    find(SMALL, lang, code).unwrap_or(code).to_owned()
}
