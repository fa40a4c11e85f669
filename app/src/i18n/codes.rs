//! Codes and what they say to people. A sentence may carry a detail behind a bar: `sentence|detail`.

use super::{Lang, filled, refusals::REFUSALS};
use std::collections::BTreeMap;

/// Code, Chinese, English.
pub type Table = &'static [(&'static str, &'static str, &'static str)];

/// Sentences on top of a verdict, where the deciding check's own sentence is not the best one there.
const HEADLINES: Table = &[
    (
        "invoice-unchanged-unclaimed",
        "内容与链上一致，尚未报销",
        "Matches the chain, not yet claimed",
    ),
    (
        "invoice-unclaimed",
        "链上有这张发票，尚未报销；票面内容未能核对",
        "On the chain and unclaimed; its content could not be compared",
    ),
    (
        "record-absent",
        "链上没有这条记录",
        "The chain holds no such record",
    ),
    (
        "fields-altered",
        "内容与链上承诺不符",
        "The content differs from what the chain commits to",
    ),
    (
        "print-differs",
        "票面与链上承诺不符",
        "The printed code differs from what the chain commits to",
    ),
    (
        "keys-ended",
        "密钥程序中断了，请再试一次",
        "The keys' program stopped; try again",
    ),
    (
        "other-chain",
        "这不是页面所显示的联盟链，没有签名",
        "Not the chain that the page shows: nothing was signed",
    ),
    (
        "not-an-event",
        "这不是签好的事件",
        "This is no signed event",
    ),
    (
        "not-configured",
        "不知道该信任哪条链，所以不下结论",
        "No chain to trust is configured: nothing is concluded",
    ),
    (
        "text-unknown",
        "这不是能识别的发票码或链接",
        "This is neither a known invoice code nor a link",
    ),
    (
        "header-not-given",
        "连不上节点，现在不能下结论",
        "No node can be reached: no conclusion now",
    ),
    (
        "checkpoint-not-given",
        "连不上节点，现在不能下结论",
        "No node can be reached: no conclusion now",
    ),
    (
        "header-stale",
        "最新的区块头太旧，现在不能下结论",
        "The newest header is too old: no conclusion now",
    ),
    (
        "life-cycle-stale",
        "最新的区块头太旧，现在不能下结论",
        "The newest header is too old: no conclusion now",
    ),
    (
        "absence-stale",
        "最新的区块头太旧，现在不能下结论",
        "The newest header is too old: no conclusion now",
    ),
    (
        "nodes-disagree",
        "节点的说法不一致，现在不能下结论",
        "The nodes disagree: no conclusion now",
    ),
    (
        "no-other-node",
        "只有一家机构的节点，没有旁证，现在不能下结论",
        "Only one member's node is known: no conclusion without another",
    ),
    (
        "other-nodes-silent",
        "其他节点没有回答，缺少旁证，现在不能下结论",
        "No other node answered: no conclusion without another",
    ),
    (
        "trust-expired",
        "内置检查点已过期，需要更新本页",
        "The built-in checkpoint has expired: this page needs an update",
    ),
    (
        "proof-refuted",
        "节点给出的证明不成立，现在不能下结论",
        "The nodes' proofs do not hold: no conclusion now",
    ),
    (
        "proof-not-given",
        "没有取到证明，现在不能下结论",
        "No proof was obtained: no conclusion now",
    ),
    (
        "history-refuted",
        "节点给出的历史不成立，现在不能下结论",
        "The nodes' histories do not hold: no conclusion now",
    ),
    (
        "history-not-given",
        "没有取到历史，现在不能下结论",
        "No history was obtained: no conclusion now",
    ),
    (
        "header-refuted",
        "节点给出的区块头不成立，现在不能下结论",
        "The nodes' headers do not verify: no conclusion now",
    ),
    (
        "invoice-locked",
        "这张发票正由{by}报销",
        "This invoice is being claimed by {by}",
    ),
    (
        "invoice-reimbursed",
        "这张发票已由{by}报销",
        "This invoice was already claimed by {by}",
    ),
    (
        "invoice-entered",
        "这张发票已由{by}入账",
        "This invoice was already entered by {by}",
    ),
    (
        "invoice-declared",
        "这张发票已由{by}报税",
        "This invoice was already declared by {by}",
    ),
    (
        "invoice-red-part",
        "尚未报销，但已部分红冲",
        "Not yet claimed, but partly red-flushed",
    ),
    (
        "vote-open",
        "表决正在进行，票数已核验",
        "The vote is open; its count is verified",
    ),
    (
        "vote-passed",
        "表决通过，计票已核验",
        "The vote passed; its count is verified",
    ),
    (
        "vote-not-passed",
        "表决未通过，计票已核验",
        "The vote did not pass; its count is verified",
    ),
    (
        "history-replayed",
        "重新计票的结果与链上公布的逐项相同",
        "The recount equals the published result",
    ),
    (
        "history-sampled",
        "抽查的每一张票都在内，并合规则",
        "Every ballot of the sample is in and within the rules",
    ),
    (
        "record-in-force",
        "与链上记录一致",
        "Matches the record on the chain",
    ),
];

/// Reasons of checks, as `verifier::REASONS` lists them, then those of failures and refusals.
const REASONS: Table = &[
    (
        "scan-complete",
        "扫码完整|二维码末尾的校验值相符",
        "The code was read whole|its closing check value agrees",
    ),
    (
        "scan-read",
        "二维码已读出|这种码不带校验值，不影响下面的核验",
        "The code was read|this form carries no check value; what follows does not depend on it",
    ),
    (
        "link-read",
        "链接完整|只含记录编号，不含网址、节点或结论",
        "The link is complete|it names a record and no host, node or verdict",
    ),
    (
        "scan-check-differs",
        "扫码是否完整未能确认|末尾校验值不合已知规则，各家开票软件不同，不影响下面的核验",
        "Whether the code was read whole is unknown|its check value follows no known rule; issuers' software differs, and what follows does not depend on it",
    ),
    (
        "format-unconfirmed",
        "财政票据码的格式未公布|按常见写法解读",
        "The fiscal bill's format is not published|read as it is commonly written",
    ),
    (
        "text-unknown",
        "不是能识别的发票码或链接",
        "Neither a known invoice code nor a link",
    ),
    (
        "no-record-named",
        "这种码没有写明是哪条记录|深圳网址形式不含发票代码",
        "The code does not name a record|the portal form carries no invoice code",
    ),
    (
        "fields-opened",
        "内容与链上承诺逐项相符|金额、税额、双方、日期等都由链上承诺覆盖",
        "Every field equals what the chain commits to|amounts, parties, date are covered by its commitment",
    ),
    (
        "print-recorded",
        "票面与开票方在链上登记的一致|金额、号码、日期、校验码",
        "The printed code is what the issuer recorded|amount, number, date, check code",
    ),
    (
        "fields-altered",
        "内容与链上承诺不符",
        "The content differs from what the chain commits to",
    ),
    (
        "print-differs",
        "票面与开票方在链上登记的不符|金额、号码、日期或校验码中至少一项不同",
        "The printed code is not what the issuer recorded|at least one of amount, number, date, check code differs",
    ),
    (
        "opening-unreadable",
        "随码带来的票面内容读不出来",
        "The content that came with the code cannot be read",
    ),
    (
        "print-not-comparable",
        "这种码没有可以核对的票面内容|只能核对记录本身；带开示值的链接可以逐项核对",
        "This form has no content to compare|only the record itself is checked; a link with openings can be compared field by field",
    ),
    (
        "no-print-recorded",
        "开票方没有登记印制内容，无从核对",
        "The issuer recorded no printed code to compare with",
    ),
    (
        "record-proven",
        "记录在链上，默克尔证明相符|状态由区块头承诺，历史共 {log_size} 步",
        "The record is on the chain; its Merkle proof holds|the header commits to its state and to {log_size} steps",
    ),
    (
        "record-absent",
        "链上证明没有这条记录|不存在证明相符",
        "The chain proves that there is no such record|the proof of absence holds",
    ),
    (
        "absence-stale",
        "在较旧的区块头下没有这条记录|之后可能已经写入",
        "Absent under an old header|it may have been written since",
    ),
    ("proof-not-given", "没有取到证明", "No node gave a proof"),
    (
        "proof-refuted",
        "节点给出的证明不成立|已弃用，不作依据",
        "The nodes' proofs do not hold|they are not relied on",
    ),
    (
        "kind-unknown",
        "本页不认识这类记录|本页可能太旧",
        "This page does not know this kind of record|it may be too old",
    ),
    (
        "history-replayed",
        "历史完整，已在本机重演 {entries} 步|日志根与状态证明相符，没有被隐藏的操作",
        "The history is complete: {entries} steps replayed here|the log's root matches the proof; nothing is hidden",
    ),
    (
        "history-sampled",
        "抽查了 {sample} / {entries} 条，都在日志内、有签名、顺序正确|不是全部重演",
        "{sample} of {entries} entries drawn at random are in the log, signed and in order|not all were replayed",
    ),
    (
        "history-breaks-rules",
        "链上的历史违反规则|{why}",
        "The history on the chain breaks the rules|{why}",
    ),
    (
        "history-not-given",
        "没有取到历史",
        "No node gave the history",
    ),
    (
        "history-refuted",
        "节点给出的历史与证明不符|有操作被隐藏或改动，已弃用",
        "The nodes' histories do not match the proof|a step was hidden or altered; they are not relied on",
    ),
    (
        "history-too-long",
        "历史太长，本机没有全部重演",
        "The history is longer than this page replays",
    ),
    (
        "rules-too-new",
        "本页太旧，不认识现行规则（版本 {version}）",
        "This page is too old for the rules in force (version {version})",
    ),
    (
        "header-signed",
        "区块头由超过三分之二的表决权签名|{signed} / {total}，从检查点逐步验证而来",
        "More than two thirds of the voting power signed the header|{signed} of {total}, verified step by step from the checkpoint",
    ),
    (
        "header-is-checkpoint",
        "依据的就是内置检查点",
        "It rests on the built-in checkpoint itself",
    ),
    (
        "checkpoint-not-given",
        "没有节点给出检查点的区块头",
        "No node gave the checkpoint's header",
    ),
    (
        "trust-expired",
        "可信区块头已过信任期|本页需要更新的检查点",
        "The trusted header is past its period|this page needs a newer checkpoint",
    ),
    (
        "header-from-future",
        "区块头的时间比本机快|请检查设备的时间",
        "The header's time is ahead of this device|check the device's clock",
    ),
    (
        "header-not-given",
        "没有节点给出区块头",
        "No node gave a header",
    ),
    (
        "header-refuted",
        "节点给出的区块头不成立|{why}",
        "The nodes' headers do not verify|{why}",
    ),
    (
        "too-many-steps",
        "从检查点验证过来的工作量超过上限",
        "The way from the checkpoint takes more work than allowed",
    ),
    (
        "header-fresh",
        "区块头是 {age_seconds}前的",
        "The header is {age_seconds} old",
    ),
    (
        "header-stale",
        "最新的区块头已是 {age_seconds}前的|上限 {bound_seconds}；之后发生的事看不到",
        "The newest header is {age_seconds} old|the bound is {bound_seconds}; what happened since cannot be seen",
    ),
    (
        "nodes-agree",
        "{agree} 个独立节点持有同一区块头|共问了 {asked} 个",
        "{agree} independent nodes hold the same header|{asked} were asked",
    ),
    (
        "no-other-node",
        "没有其他机构的节点可以比对",
        "No node of another member is known to compare with",
    ),
    (
        "other-nodes-silent",
        "其他机构的节点没有回答",
        "No node of another member answered",
    ),
    (
        "nodes-disagree",
        "有节点给出另一个区块头，却拿不出证明",
        "Another node names another header, without proof",
    ),
    (
        "chain-forked",
        "同一高度有两个都签了名的区块头|联盟作出解释之前，一概不下结论",
        "Two headers of one height are both signed|nothing is concluded until the consortium has explained it",
    ),
    (
        "invoice-unclaimed",
        "尚未报销，未作废，未红冲",
        "Not claimed, not void, not red-flushed",
    ),
    (
        "invoice-red-part",
        "已部分红冲|{red} 次",
        "Partly red-flushed|{red} times",
    ),
    (
        "invoice-locked",
        "已被{by}锁定，报销中|别的单位不能再报",
        "Being claimed by {by}|no one else can claim it",
    ),
    (
        "invoice-reimbursed",
        "已由{by}报销",
        "Already claimed by {by}",
    ),
    ("invoice-entered", "已由{by}入账", "Already entered by {by}"),
    (
        "invoice-declared",
        "已由{by}报税",
        "Already declared for tax by {by}",
    ),
    ("invoice-void", "这张发票已作废", "This invoice is void"),
    (
        "invoice-red-flushed",
        "这张发票已全额红冲",
        "This invoice was red-flushed in full",
    ),
    (
        "document-shared",
        "患者已确认入档",
        "Confirmed by the patient",
    ),
    ("document-proposed", "等待患者确认", "Waits for the patient"),
    (
        "document-rejected",
        "患者没有接受这份病历",
        "The patient rejected this document",
    ),
    (
        "document-erased",
        "内容已依法删除，记录仍在",
        "The content was erased by law; the record remains",
    ),
    (
        "grant-active",
        "授权有效|到 {until}",
        "The consent is in force|until {until}",
    ),
    (
        "grant-expired",
        "授权已过期|于 {until}",
        "The consent has expired|at {until}",
    ),
    ("grant-revoked", "授权已撤销", "The consent was revoked"),
    (
        "grant-superseded",
        "授权已被新的授权替代",
        "The consent was superseded",
    ),
    ("read-done", "依授权的一次查看", "A reading under a consent"),
    (
        "read-open",
        "一次紧急调阅，等待复核",
        "An emergency reading that awaits its review",
    ),
    (
        "read-reviewed",
        "一次紧急调阅，已复核",
        "An emergency reading, reviewed",
    ),
    (
        "vote-upcoming",
        "表决尚未开始|{opens_time} 开始",
        "The vote has not opened yet|it opens at {opens_time}",
    ),
    ("vote-open", "表决正在进行", "The vote is open"),
    (
        "vote-passed",
        "已截止，人数和面积都达到法定比例",
        "Closed: both heads and area reach the legal share",
    ),
    (
        "vote-not-passed",
        "已截止，未达到法定比例",
        "Closed: the legal share is not reached",
    ),
    (
        "ballot-counted",
        "这张票已在链上，并计入结果",
        "This ballot is on the chain and counted",
    ),
    ("ballot-not-cast", "还没有投票", "Nothing was cast yet"),
    (
        "record-in-force",
        "记录如所示",
        "The record stands as shown",
    ),
    (
        "life-cycle-stale",
        "区块头太旧，现在的状态未能确认",
        "The header is too old: its present state is not established",
    ),
    (
        "truth-outside-proof",
        "事情是否真实发生：不在核验范围|链上能证明“记录后未被改动”，不能证明“事实为真”",
        "Whether it really happened: outside every proof|a chain proves that a record is unchanged, not that it is true",
    ),
    (
        "reads-outside-chain",
        "链外的查看：不在核验范围|登记的查看全部在此，链外的无法排除",
        "Reads outside the chain: outside every proof|registered reads are complete; others cannot be excluded",
    ),
    (
        "event-times-wide",
        "有 {count} 步的时间只能确定到一段区间|最宽 {widest_seconds} 秒；区块时间是下限，发生在所示两个时刻之间",
        "When {count} of the steps happened is known only within an interval|the widest is {widest_seconds} seconds; block time is a lower bound, it was between the two times shown",
    ),
    (
        "rests-replayed",
        "所依据的 {records} 条记录也已重演，都接受过同一事件",
        "The {records} records it rests on were replayed too: each accepted the same event",
    ),
    (
        "rests-not-replayed",
        "所依据的 {records} 条记录只重演了 {replayed} 条，其余未能确认",
        "Of the {records} records it rests on, {replayed} were replayed; the rest is not established",
    ),
    (
        "rests-differ",
        "所依据的记录没有接受过这件事|{record}",
        "A record it rests on never accepted this|{record}",
    ),
    (
        "grant-denied",
        "患者已拒绝对方查看授权中的全部病历",
        "The patient denies this reader every document of the consent",
    ),
    (
        "electorate-differs",
        "公布的名册与表决所依据的名册不符",
        "The published roster is not the one on which the vote rests",
    ),
    (
        "roster-not-given",
        "名册已公布，但节点没有给出|由 {first}、{second} 共同认定",
        "The roster is published, but no node gave it|stated by {first} and {second}",
    ),
    (
        "electorate-recomputed",
        "名册已按公布的 {heads} 户逐一重算|由 {first}、{second} 共同认定；名册是否符合事实，不在核验范围",
        "The roster was recomputed from {heads} published heads|stated by {first} and {second}; whether it is true lies outside every proof",
    ),
    (
        "electorate-as-stated",
        "名册是否真实：不在核验范围|由 {first}、{second} 共同认定",
        "Whether the roster is true: outside every proof|stated by {first} and {second}",
    ),
    (
        "verifier-ended",
        "核验程序中断了，没有得出结论",
        "The verifier stopped; there is no conclusion",
    ),
    (
        "not-configured",
        "不知道该信任哪条链",
        "No chain to trust is configured",
    ),
    (
        "not-understood",
        "核验程序不支持这个操作",
        "The verifier does not support this",
    ),
    (
        "not-a-record-name",
        "这不是记录编号",
        "This is no record's name",
    ),
    (
        "no-node-answers",
        "连不上任何节点|请检查网络后再试",
        "No node can be reached|check the network and try again",
    ),
    (
        "not-written",
        "没有在时限内写入|现在可以再提交一次",
        "It was not written in time|it can be sent again now",
    ),
    (
        "still-pending",
        "上一次提交还可能写入，{until} 之前不再签署别的内容",
        "What was sent before may still be written: nothing else is signed until {until}",
    ),
    (
        "refused",
        "没有写入：节点拒绝了|{why}",
        "Not written: the node refused|{why}",
    ),
    (
        "not-exported",
        "先保存身份文件，才能签名",
        "Save the identity file before signing",
    ),
    (
        "other-role",
        "这个身份不能做这件事",
        "This identity is for something else",
    ),
    (
        "no-such-identity",
        "这台设备上没有这个身份",
        "This device does not hold that identity",
    ),
    (
        "not-an-identity",
        "这不是身份文件，或内容不完整",
        "This is no identity file, or it is incomplete",
    ),
    (
        "not-in-roster",
        "这个身份不在表决名册里",
        "This identity is not in the vote's roster",
    ),
    ("no-documents", "没有选择病历", "No document was chosen"),
    ("note-too-long", "附言太长", "The note is too long"),
    (
        "reader-has-no-key",
        "对方没有公布收件密钥，无法把内容密封给它",
        "The reader has published no key to seal the content to",
    ),
    (
        "content-not-given",
        "节点上没有病历内容",
        "No node has the content",
    ),
    (
        "content-not-yours",
        "这个身份打不开病历内容",
        "This identity cannot open the content",
    ),
    (
        "state-unreadable",
        "记录的状态读不出来，本页可能太旧",
        "The record's state cannot be read: this page may be too old",
    ),
    ("malformed-time", "时间不成立", "This is no time"),
    (
        "denied",
        "没有写入：患者拒绝了您查看",
        "Not written: the patient denied you",
    ),
    (
        "no-live-grant",
        "没有写入：没有有效的授权",
        "Not written: no consent is in force",
    ),
    (
        "too-late",
        "没有写入：已过提交期限",
        "Not written: past its time limit",
    ),
    (
        "not-open-yet",
        "没有写入：表决尚未开始",
        "Not written: the vote has not opened yet",
    ),
    (
        "not-open",
        "没有写入：不在表决时间内",
        "Not written: the vote is not open",
    ),
    (
        "same-choice",
        "没有写入：与现有的票意见相同",
        "Not written: the ballot that stands says the same",
    ),
    (
        "too-many-ballots",
        "没有写入：改投次数已达上限",
        "Not written: too many changes",
    ),
    (
        "key-pending",
        "没有写入：新密钥尚未生效",
        "Not written: the new key is not in force yet",
    ),
    (
        "wrong-sequence",
        "没有写入：记录刚被别的操作改动，请再试一次",
        "Not written: the record has just changed; try again",
    ),
    (
        "until-in-the-past",
        "没有写入：已过期限，请检查设备的时间",
        "Not written: past its limit; check the device's clock",
    ),
];

/// What is being waited for.
const STEPS: Table = &[
    ("loading", "正在取来核验程序……", "Fetching the verifier …"),
    ("reading", "正在识读内容……", "Reading the text …"),
    (
        "asking-nodes",
        "正在向节点询问最新区块头……",
        "Asking the nodes for the newest header …",
    ),
    (
        "checking-signatures",
        "正在核对区块头的签名（{done}/{total}）……",
        "Checking the header's signatures ({done}/{total}) …",
    ),
    (
        "stepping",
        "正在从检查点推进信任，到高度 {height}……",
        "Advancing trust from the checkpoint, to height {height} …",
    ),
    (
        "asking-proof",
        "正在取默克尔证明……",
        "Fetching the Merkle proof …",
    ),
    (
        "fetching-log",
        "正在取历史（{done}/{total}）……",
        "Fetching the history ({done}/{total}) …",
    ),
    (
        "replaying",
        "正在本机重演历史（{done}/{total}）……",
        "Replaying the history here ({done}/{total}) …",
    ),
    (
        "counting",
        "正在数票（{done}/{total}）……",
        "Counting ballots ({done}/{total}) …",
    ),
    (
        "asking-witnesses",
        "正在向其他节点核对……",
        "Comparing with other nodes …",
    ),
    ("signing", "正在本机签名……", "Signing on this device …"),
    ("sending", "正在交给节点……", "Handing it to a node …"),
    (
        "waiting-block",
        "正在等待写入区块……",
        "Waiting for a block …",
    ),
    (
        "fetching-content",
        "正在取密封的内容并解封……",
        "Fetching the sealed content and opening it …",
    ),
];

/// Fields and facts on cards.
const FIELDS: Table = &[
    ("kind", "票种", "Kind"),
    ("amount", "金额", "Amount"),
    ("tax", "税额", "Tax"),
    ("total", "价税合计", "Total"),
    ("date", "开票日期", "Date"),
    ("seller_name", "销售方", "Seller"),
    ("seller_id", "销售方税号", "Seller's id"),
    ("buyer_name", "购买方", "Buyer"),
    ("buyer_id", "购买方税号", "Buyer's id"),
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
    ("area", "专有面积", "Exclusive area"),
    ("head", "名册代号", "Roster name"),
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
    (
        "document.propose",
        "医院存入病历",
        "Deposited by the hospital",
    ),
    (
        "document.confirm",
        "患者确认入档",
        "Confirmed by the patient",
    ),
    ("document.reject", "患者不接受", "Rejected by the patient"),
    ("document.deny", "拒绝查看", "Denied"),
    ("document.allow", "取消拒绝", "Denial lifted"),
    (
        "document.recover",
        "更换密钥（3 天后生效）",
        "Key replaced (in force after 3 days)",
    ),
    (
        "document.veto",
        "否决更换密钥",
        "Replacement of the key vetoed",
    ),
    ("document.erase", "依法删除内容", "Content erased by law"),
    ("grant.give", "授权查看", "Permitted to read"),
    ("grant.revoke", "撤销授权", "Consent revoked"),
    ("read.done", "查看", "Read"),
    (
        "read.emergency",
        "紧急调阅，没有授权",
        "Emergency reading, without a consent",
    ),
    ("read.review", "复核紧急调阅", "Emergency reading reviewed"),
    ("room.bind", "绑定密钥", "Key bound"),
    ("vote.open", "发起表决", "Vote opened"),
    ("vote.extend", "延长表决", "Vote extended"),
    ("ballot.cast", "投票", "Ballot cast"),
];

/// Purposes, matters, choices, roles and other small codes.
const SMALL: Table = &[
    ("type-01", "增值税专用发票", "Special VAT invoice"),
    ("type-03", "机动车销售统一发票", "Motor vehicle invoice"),
    ("type-04", "增值税普通发票", "General VAT invoice"),
    (
        "type-08",
        "增值税电子专用发票",
        "Electronic special VAT invoice",
    ),
    (
        "type-10",
        "增值税电子普通发票",
        "Electronic general VAT invoice",
    ),
    (
        "type-11",
        "增值税普通发票（卷票）",
        "General VAT invoice (roll)",
    ),
    ("type-14", "通行费电子普通发票", "Electronic toll invoice"),
    ("type-15", "二手车销售统一发票", "Used vehicle invoice"),
    (
        "type-20",
        "增值税电子专用发票",
        "Electronic special VAT invoice",
    ),
    (
        "type-31",
        "数电发票（增值税专用发票）",
        "Fully digital special invoice",
    ),
    (
        "type-32",
        "数电发票（普通发票）",
        "Fully digital general invoice",
    ),
    ("type-51", "铁路电子客票", "Electronic train ticket"),
    (
        "type-59",
        "数电发票（通行费）",
        "Fully digital toll invoice",
    ),
    ("type-61", "航空电子行程单", "Electronic air itinerary"),
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
    (
        "1",
        "制定和修改业主大会议事规则",
        "Rules of the owners' assembly",
    ),
    ("2", "制定和修改管理规约", "Management agreement"),
    (
        "3",
        "选举或更换业主委员会",
        "Electing or replacing the committee",
    ),
    (
        "4",
        "选聘和解聘物业服务企业",
        "Hiring or dismissing the property manager",
    ),
    ("5", "使用维修资金", "Using the maintenance fund"),
    ("6", "筹集维修资金", "Raising the maintenance fund"),
    ("7", "改建、重建建筑物", "Rebuilding or reconstruction"),
    (
        "8",
        "改变共有部分用途或经营",
        "Changing the use of common parts",
    ),
    ("9", "其他重大事项", "Other matters of all owners"),
    ("lenders", "出借人表决", "Vote of lenders"),
];

/// All tables, for the tests.
#[cfg(test)]
pub const TABLES: &[Table] = &[HEADLINES, REASONS, REFUSALS, STEPS, FIELDS, EVENTS, SMALL];

fn find(table: Table, lang: Lang, code: &str) -> Option<&'static str> {
    table
        .iter()
        .find(|(known, _, _)| *known == code)
        .map(|(_, zh, en)| lang.pick(zh, en))
}

fn sentence(
    table: Table,
    lang: Lang,
    code: &str,
    facts: &BTreeMap<String, String>,
) -> Option<(String, String)> {
    let text = filled(lang, find(table, lang, code)?, facts);
    let (sentence, detail) = text.split_once('|').unwrap_or((&text, ""));
    let word = if facts.contains_key("said_by") {
        lang.pick("（节点的说法，未经证明）", " (a node says so; not proven)")
    } else {
        ""
    };
    Some(([sentence, word].concat(), detail.to_owned()))
}

/// The sentence on top of a verdict: that of its headline, else of its deciding check.
pub fn headline(lang: Lang, code: &str, facts: &BTreeMap<String, String>) -> String {
    first(&[HEADLINES, REASONS, REFUSALS], lang, code, facts).0
}

/// A reason's sentence and detail.
pub fn reason(lang: Lang, code: &str, facts: &BTreeMap<String, String>) -> (String, String) {
    first(&[REASONS, HEADLINES, REFUSALS], lang, code, facts)
}

/// What the first table that knows a code says; a code that none knows stands as the sentence.
fn first(
    tables: &[Table],
    lang: Lang,
    code: &str,
    facts: &BTreeMap<String, String>,
) -> (String, String) {
    let known = tables
        .iter()
        .find_map(|table| sentence(table, lang, code, facts));
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
