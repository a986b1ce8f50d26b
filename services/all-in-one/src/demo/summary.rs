//! What the demo made, and how it says so.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::layout::{Keeping, Layout};

/// Everything that the demo awarded.
#[derive(Serialize, Deserialize)]
pub struct Summary {
    pub awards: Vec<Award>,
}

/// One award and where it can be seen.
#[derive(Clone, Serialize, Deserialize)]
pub struct Award {
    pub learner: String,
    pub username: String,
    /// Course run key, or program key.
    pub of: String,
    pub uuid: String,
    pub page: String,
    pub pdf: String,
    pub badge: String,
}

const FILE: &str = "demo.json";

impl Summary {
    /// What an earlier start made in this folder.
    pub fn load(folder: &Path) -> anyhow::Result<Option<Self>> {
        match fs::read(folder.join(FILE)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps it for later starts.
    pub fn save(&self, folder: &Path) -> anyhow::Result<()> {
        Ok(fs::write(folder.join(FILE), serde_json::to_vec_pretty(self)?)?)
    }

    /// Says where to look and what to do next.
    pub fn print(&self, layout: &Layout, token: &str) {
        // Somebody who closed the terminal has no need of it.
        drop(self.write(&mut io::stdout().lock(), layout, token));
    }

    fn write(&self, out: &mut impl Write, layout: &Layout, token: &str) -> io::Result<()> {
        let ports = layout.ports;
        writeln!(out, "\nTestamur is running. Its services, each with its API document:\n")?;
        for (name, port) in [
            ("credentials", ports.credentials),
            ("badges", ports.badges),
            ("registrar", ports.registrar),
            ("renderer", ports.renderer),
        ] {
            writeln!(out, "  {name:<12} {}/", layout.url(port))?;
        }
        if !self.awards.is_empty() {
            writeln!(out, "\nWhat the demo awarded; open these in a browser:\n")?;
        }
        for award in &self.awards {
            writeln!(out, "  {}, {}", award.learner, award.of)?;
            writeln!(out, "    certificate  {}", award.page)?;
            writeln!(out, "    PDF          {}", award.pdf)?;
            writeln!(out, "    badge        {}", award.badge)?;
        }
        writeln!(out, "\nAn operator's token, good for a week:\n\n  export TOKEN={token}\n")?;
        self.write_next(out, &layout.url(ports.credentials))?;
        let stop = match layout.keeping {
            Keeping::InProcess => "Ctrl-C",
            Keeping::Servers(_) => "`make down`",
        };
        writeln!(out, "Stop with {stop}; everything is kept in {}.", layout.folder.display())
    }

    fn write_next(&self, out: &mut impl Write, credentials: &str) -> io::Result<()> {
        let Some(first) = self.awards.first() else { return Ok(()) };
        let api = format!("{credentials}/api/v2/credentials/");
        writeln!(out, "Next, in another terminal:\n")?;
        writeln!(
            out,
            "  1. award   curl -H \"Authorization: JWT $TOKEN\" {api} \\\n      -H \"Content-Type: application/json\" \
             -d '{{\"username\": \"noa.levi\", \"credential\": {{\"course_run_key\": \
             \"course-v1:Northlake+DS101+2026\", \"mode\": \"verified\"}}}}'"
        )?;
        writeln!(out, "  2. look    open the certificate_url of the answer")?;
        writeln!(
            out,
            "  3. revoke  curl -H \"Authorization: JWT $TOKEN\" {api}{}/ -X PATCH \\\n      -H \"Content-Type: \
             application/json\" -d '{{\"status\": \"revoked\"}}'\n",
            first.uuid
        )
    }
}
