//! No line is too strange: what can't be read is refused, and what can be read is written as one frame again.

use proptest::prelude::*;

use super::*;
use crate::wire::{Args, Direction};

/// Reads `args` and `payload` as a `C` of every dialect, and frames what it writes then.
fn survives<'a, C: Command<'a>>(direction: Direction, args: &'a str, payload: &'a [u8]) {
    for dialect in Dialect::ALL {
        let frame = Frame { verb: C::VERB, args: Args::new(args), payload };
        if let Ok(command) = C::read(frame, dialect) {
            let mut written = Vec::new();
            command.write(&mut written, dialect);
            assert_eq!(testing::frame(direction, &written).verb, C::VERB);
        }
    }
}

/// Words that mean something somewhere.
const WORDS: [&str; 31] = [
    "0",
    "1",
    "7",
    "41",
    "007",
    "99999999999",
    "OK",
    "I",
    "S",
    "MD5",
    "NS",
    "SB",
    "CKI",
    "FL",
    "A",
    "AL",
    "U",
    "NLN",
    "PHH",
    "RCT",
    "0,1",
    "1:a@b.c",
    "1:a@b.c;via=9:00000000-0000-0000-0009-0a1b2c3d4e5f@live.com",
    "PUT",
    "SHA",
    "a@b.c",
    "N=a@b.c",
    "F=x%20",
    "C=1",
    "b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c",
    "C=b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned),
        1 => prop::char::range('!', 'ÿ').prop_map(String::from),
    ]
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(Vec::new()),
        Just(b"<Data><PSM>x</PSM></Data>".to_vec()),
        Just(b"5900baf7ab746df3bef2c20e04dd1f94".to_vec()),
        prop::collection::vec(any::<u8>(), 0..40),
    ]
}

/// A test for each command.
macro_rules! survive {
    ($($name:ident: $direction:ident $command:ty,)*) => {
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(64))]
            $(#[test]
            fn $name(words in prop::collection::vec(word(), 0..9), payload in payload()) {
                survives::<$command>(Direction::$direction, &words.join(" "), &payload);
            })*
        }
    };
}

survive! {
    ack: FromSwitchboard ack::Reply,
    adc_reply: FromNotification adc::Reply<'_>,
    adc_request: ToNotification adc::Request<'_>,
    add_reply: FromNotification add::Reply<'_>,
    add_request: ToNotification add::Request<'_>,
    adg_reply: FromNotification adg::Reply<'_>,
    adg_request: ToNotification adg::Request<'_>,
    adl_push: FromNotification adl::Push<'_>,
    adl_reply: FromNotification adl::Reply,
    adl_request: ToNotification adl::Request<'_>,
    ans_reply: FromSwitchboard ans::Reply,
    ans_request: ToSwitchboard ans::Request<'_>,
    blp_reply: FromNotification blp::Reply,
    blp_request: ToNotification blp::Request,
    bpr: FromNotification bpr::Push<'_>,
    bye: FromSwitchboard bye::Push<'_>,
    cal_reply: FromSwitchboard cal::Reply<'_>,
    cal_request: ToSwitchboard cal::Request<'_>,
    chg_request: ToNotification chg::Request<'_>,
    chl_push: FromNotification chl::Push<'_>,
    chl_reply: FromNotification chl::Reply<'_>,
    chl_request: ToNotification chl::Request,
    cvq_reply: FromNotification cvq::Reply<'_>,
    cvq_request: ToNotification cvq::Request<'_>,
    cvr_reply: FromNotification cvr::Reply<'_>,
    cvr_request: ToNotification cvr::Request<'_>,
    del_reply: FromNotification del::Reply<'_>,
    del_request: ToNotification del::Request<'_>,
    fln: FromNotification fln::Push<'_>,
    fnd_reply: FromNotification fnd::Reply<'_>,
    fnd_request: ToNotification fnd::Request<'_>,
    fqy: ToNotification fqy::Request<'_>,
    gcf_reply: FromNotification gcf::Reply<'_>,
    gcf_request: ToNotification gcf::Request<'_>,
    gtc_reply: FromNotification gtc::Reply,
    gtc_request: ToNotification gtc::Request,
    iln: FromNotification iln::Push<'_>,
    ims_reply: FromNotification ims::Reply,
    ims_request: ToNotification ims::Request,
    inf_reply: FromNotification inf::Reply,
    inf_request: ToNotification inf::Request,
    ipg: FromNotification ipg::Push<'_>,
    iro: FromSwitchboard iro::Reply<'_>,
    joi: FromSwitchboard joi::Push<'_>,
    lkp: ToNotification lkp::Request<'_>,
    lsg: FromNotification lsg::Reply<'_>,
    lsg_entry: FromNotification lsg::Entry<'_>,
    lsg_request: ToNotification lsg::Request,
    lst: FromNotification lst::Reply<'_>,
    lst_entry: FromNotification lst::Entry<'_>,
    lst_request: ToNotification lst::Request,
    msg_push: FromSwitchboard msg::Push<'_>,
    msg_request: ToSwitchboard msg::Request<'_>,
    nak: FromSwitchboard nak::Reply,
    nfy: FromNotification nfy::Push<'_>,
    nln: FromNotification nln::Push<'_>,
    not: FromNotification not::Push<'_>,
    out_push: FromNotification out::Push,
    out_request: ToNotification out::Request,
    pag_request: ToNotification pag::Request<'_>,
    pgd_request: ToNotification pgd::Request<'_>,
    png_request: ToNotification png::Request,
    prp_reply: FromNotification prp::Reply<'_>,
    prp_request: ToNotification prp::Request<'_>,
    put_reply: FromNotification put::Reply<'_>,
    put_request: ToNotification put::Request<'_>,
    qng_reply: FromNotification qng::Reply,
    qry_reply: FromNotification qry::Reply,
    qry_request: ToNotification qry::Request<'_>,
    rea_reply: FromNotification rea::Reply<'_>,
    rea_request: ToNotification rea::Request<'_>,
    reg_reply: FromNotification reg::Reply<'_>,
    reg_request: ToNotification reg::Request<'_>,
    rem_reply: FromNotification rem::Reply<'_>,
    rem_request: ToNotification rem::Request<'_>,
    rfs: FromNotification rfs::Push,
    rmg_reply: FromNotification rmg::Reply<'_>,
    rmg_request: ToNotification rmg::Request<'_>,
    rml_push: FromNotification rml::Push<'_>,
    rml_reply: FromNotification rml::Reply,
    rml_request: ToNotification rml::Request<'_>,
    rng: FromNotification rng::Push<'_>,
    sbp_reply: FromNotification sbp::Reply<'_>,
    sbp_request: ToNotification sbp::Request<'_>,
    sbs: FromNotification sbs::Push,
    sdc_reply: FromNotification sdc::Reply,
    sdc_request: ToNotification sdc::Request<'_>,
    sdg_push: FromNotification sdg::Push<'_>,
    sdg_request: ToNotification sdg::Request<'_>,
    snd_reply: FromNotification snd::Reply,
    snd_request: ToNotification snd::Request<'_>,
    syn_reply: FromNotification syn::Reply<'_>,
    syn_request: ToNotification syn::Request<'_>,
    ubm: FromNotification ubm::Push<'_>,
    ubn: FromNotification ubn::Push<'_>,
    ubx: FromNotification ubx::Push<'_>,
    url_reply: FromNotification url::Reply<'_>,
    url_request: ToNotification url::Request<'_>,
    usr_circles: ToNotification usr::CircleRequest<'_>,
    usr_reply: FromNotification usr::Reply<'_>,
    usr_request: ToNotification usr::Request<'_>,
    usr_switchboard_reply: FromSwitchboard usr::SwitchboardReply<'_>,
    usr_switchboard_request: ToSwitchboard usr::SwitchboardRequest<'_>,
    uum_reply: FromNotification uum::Reply,
    uum_request: ToNotification uum::Request<'_>,
    uun_reply: FromNotification uun::Reply,
    uun_request: ToNotification uun::Request<'_>,
    uux_reply: FromNotification uux::Reply,
    uux_request: ToNotification uux::Request<'_>,
    vas_reply: FromNotification vas::Reply,
    vas_request: ToNotification vas::Request<'_>,
    ver_reply: FromNotification ver::Reply<'_>,
    ver_request: ToNotification ver::Request<'_>,
    xfr_reply: FromNotification xfr::Reply<'_>,
    xfr_request: ToNotification xfr::Request<'_>,
}
