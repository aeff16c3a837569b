//! What every test stands on: the real processes, and clients that say exactly what they mean.

pub(crate) mod acl;
pub(crate) mod connection;
pub(crate) mod demo;
pub(crate) mod edge;
pub(crate) mod eventually;
pub(crate) mod gate;
pub(crate) mod geolocation;
pub(crate) mod http;
pub(crate) mod local;
pub(crate) mod oracle;
pub(crate) mod origin;
pub(crate) mod pop;
pub(crate) mod processes;
pub(crate) mod relay;
pub(crate) mod reply;
pub(crate) mod scenario;
pub(crate) mod scripted_case;
pub(crate) mod scripted_origin;
pub(crate) mod stage;
pub(crate) mod world;
