//! `tc3 serve`

use crate::{args::ServeArgs, error::CliError, output::eprint_line};
use std::{env, fs, sync::mpsc};
use tc3_std::{
    EnvCredentials,
    gateway::{Account, Config, Gateway, Transport},
};

pub(crate) fn run(arguments: &ServeArgs) -> Result<(), CliError> {
    let (sender, records) = mpsc::channel();
    let transport = if arguments.plain_http { Transport::PlainHttp } else { Transport::Tls };
    let config = Config::new().listen(arguments.listen).transport(transport).record_to(sender);
    let gateway = Gateway::start(accounts(arguments)?.into_iter().fold(config, Config::account))?;
    match (&arguments.ca_out, gateway.ca_pem()) {
        (Some(path), Some(pem)) => {
            let written = fs::write(path, pem);
            written.map_err(|source| CliError::CaOut { path: path.clone(), source })?;
            eprint_line(format_args!("tc3: the gateway's CA certificate is in {}", path.display()));
        }
        (None, Some(_)) => {
            eprint_line("tc3: clients cannot verify this gateway's certificate: give --ca-out FILE");
        }
        (_, None) => {}
    }
    let scheme = if arguments.plain_http { "http" } else { "https" };
    eprint_line(format_args!("tc3: listening on {scheme}://{}", gateway.addr()));
    // This loop runs until the process ends, because the gateway never drops its sender.
    records.iter().for_each(eprint_line);
    Ok(())
}

fn accounts(arguments: &ServeArgs) -> Result<Vec<Account>, CliError> {
    let (ids, keys) = (&arguments.id, &arguments.key_env);
    if ids.len() != keys.len() {
        return Err(CliError::Unpaired { ids: ids.len(), keys: keys.len() });
    }
    if ids.is_empty() {
        let owned = EnvCredentials::read()?;
        owned.credentials()?;
        return Ok(vec![match owned.expose_token() {
            None => Account::new(owned.id(), owned.expose_key()),
            Some((_, token)) => Account::temporary(owned.id(), owned.expose_key(), token),
        }]);
    }
    let account = |(id, variable): (&String, &String)| match env::var(variable) {
        Ok(key) if !key.is_empty() => Ok(Account::new(id, key)),
        _ => Err(CliError::KeyVariable { variable: variable.clone() }),
    };
    ids.iter().zip(keys).map(account).collect()
}
