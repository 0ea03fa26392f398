//! `tc3 serve`

use crate::{
    args::{FileAnswer, ServeArgs},
    error::CliError,
    output::eprint_line,
};
use std::{env, fs, sync::mpsc};
use tc3_core::{Credentials, Field, Invalid};
use tc3_std::{
    EnvCredentials,
    gateway::{Account, Config, Gateway, MockAnswer, Record, Transport},
};
use zeroize::Zeroizing;

pub(crate) fn run(arguments: &ServeArgs) -> Result<(), CliError> {
    let (sender, records) = mpsc::channel();
    let transport = if arguments.plain_http { Transport::PlainHttp } else { Transport::Tls };
    let config = Config::new().listen(arguments.listen).transport(transport).record_to(sender);
    let config = if arguments.api2 { config.api2() } else { config };
    let answers = arguments.answer.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let gateway = Gateway::start(accounts(arguments)?.into_iter().fold(config, Config::account))?;
    for (action, answer) in answers {
        gateway.answer(action, answer);
    }
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
    records.iter().for_each(|record| show(&record));
    Ok(())
}

/// One line, and what was expected if the signature is wrong.
fn show(record: &Record) {
    eprint_line(record);
    if let Some(diagnosis) = &record.diagnosis {
        for line in diagnosis.to_string().split('\n') {
            eprint_line(format_args!("    {line}"));
        }
    }
}

fn read(answer: &FileAnswer) -> Result<(&str, MockAnswer), CliError> {
    let FileAnswer { action, file, status, delay, content_type } = answer;
    let body =
        fs::read(file).map_err(|source| CliError::Input { name: file.display().to_string(), source })?;
    let answer = MockAnswer::body(body).status(*status).delay(*delay);
    let answer = match content_type {
        Some(content_type) => answer.content_type(content_type),
        None => answer,
    };
    Ok((action, answer))
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
    ids.iter().zip(keys).map(account).collect()
}

fn account((id, variable): (&String, &String)) -> Result<Account, CliError> {
    let variable = variable.clone();
    let key = match env::var(&variable) {
        Ok(key) if !key.is_empty() => Zeroizing::new(key),
        _ => return Err(CliError::KeyVariable { variable }),
    };
    match Credentials::new(id, &key) {
        Ok(_) => Ok(Account::new(id, &**key)),
        Err(invalid) if is_of_key(invalid) => Err(CliError::MalformedKey { variable, invalid }),
        Err(invalid) => Err(CliError::MalformedId { id: id.clone(), invalid }),
    }
}

fn is_of_key(invalid: Invalid) -> bool {
    match invalid {
        Invalid::Byte { field, .. } | Invalid::Empty { field } => field == Field::SecretKey,
        _ => false,
    }
}
