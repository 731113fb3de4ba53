//! What clients say to a notification server: each command by itself, and all of them in a session.

#![no_main]

use std::sync::Arc;
use std::time::Instant;

use libfuzzer_sys::fuzz_target;
use msnp::command::{
    adc, add, adg, adl, blp, chg, chl, cvq, cvr, del, fnd, fqy, gcf, gtc, ims, inf, lkp, lsg, lst, out, pag,
    pgd, png, prp, put, qry, rea, reg, rem, rmg, rml, sbp, sdc, sdg, snd, syn, url, usr, uum, uun, uux, vas,
    ver, xfr,
};
use msnp::dialect::Dialect;
use msnp::flow::dispatch::DispatchServer;
use msnp::flow::notification::{NotificationServer, Request, Settings, Upgrades};
use msnp::wire::Direction;
use msnpd_fuzz::{frames, survive};

fuzz_target!(|bytes: &[u8]| {
    let settings = Arc::new(Settings {
        served: Dialect::ALL.to_vec(),
        names_all_dialects: false,
        upgrades: Upgrades::default(),
        download_url: "http://127.0.0.1/".to_owned(),
        info_url: "http://127.0.0.1/".to_owned(),
    });
    let now = Instant::now();
    let mut dispatch = Some(DispatchServer::new(settings.clone(), now));
    let mut server = Some(NotificationServer::new(settings, now));
    let alice = "alice@example.com".parse().expect("an address");
    for frame in frames(Direction::ToNotification, bytes) {
        survive!(
            ToNotification,
            frame,
            adc::Request<'_>,
            add::Request<'_>,
            adg::Request<'_>,
            adl::Request<'_>,
            blp::Request,
            chg::Request<'_>,
            chl::Request,
            cvq::Request<'_>,
            cvr::Request<'_>,
            del::Request<'_>,
            fnd::Request<'_>,
            fqy::Request<'_>,
            gcf::Request<'_>,
            gtc::Request,
            ims::Request,
            inf::Request,
            lkp::Request<'_>,
            lsg::Request,
            lst::Request,
            out::Request,
            pag::Request<'_>,
            pgd::Request<'_>,
            png::Request,
            prp::Request<'_>,
            put::Request<'_>,
            qry::Request<'_>,
            rea::Request<'_>,
            reg::Request<'_>,
            rem::Request<'_>,
            rmg::Request<'_>,
            rml::Request<'_>,
            sbp::Request<'_>,
            sdc::Request<'_>,
            sdg::Request<'_>,
            snd::Request<'_>,
            syn::Request<'_>,
            url::Request<'_>,
            usr::CircleRequest<'_>,
            usr::Request<'_>,
            uum::Request<'_>,
            uun::Request<'_>,
            uux::Request<'_>,
            vas::Request<'_>,
            ver::Request<'_>,
            xfr::Request<'_>,
        );
        let mut out = Vec::new();
        if let Some(flow) = &mut dispatch
            && flow.receive(frame, "127.0.0.1:1863", "127.0.0.1:1862", &mut out).is_err()
        {
            dispatch = None;
        }
        frames(Direction::FromNotification, &out);
        out.clear();
        let Some(flow) = &mut server else { continue };
        match flow.receive(frame, now, &mut out) {
            Err(_) => server = None,
            Ok(Some(Request::Identify { trid, package, .. })) => {
                flow.challenge(trid, package, "lc=1033", &mut out);
            }
            Ok(Some(Request::SignIn { trid, .. })) => flow.welcome(trid, &alice, "Alice", &mut out),
            Ok(Some(Request::Chg(request))) => flow.status_changed(request.status),
            Ok(_) => {}
        }
    }
});
