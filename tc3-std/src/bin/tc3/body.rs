//! Bodies and parameters, read from the command line, files and standard input.

use crate::{args::RequestArgs, error::CliError};
use std::{
    fs,
    io::{self, Read},
    path::Path,
};
use tc3_core::{Param, ParamValue, Part};

/// The body or parameters of a request.
pub(crate) enum Input {
    Json(Vec<u8>),
    Octets(Vec<u8>),
    Get(Vec<(String, String)>),
    Form(Vec<FormField>),
}

pub(crate) struct FormField {
    name: String,
    /// The name of the file that `data` was read from; `None` if the command line contained the data.
    file: Option<String>,
    data: Vec<u8>,
}

impl Input {
    pub(crate) fn read(arguments: &RequestArgs) -> Result<Self, CliError> {
        if let Some(pairs) = &arguments.get {
            return Ok(Self::Get(pairs.clone()));
        }
        if let Some(fields) = &arguments.form {
            return fields.iter().map(FormField::read).collect::<Result<_, _>>().map(Self::Form);
        }
        if let Some(source) = &arguments.octets {
            return string_or_file(source).map(Self::Octets);
        }
        match &arguments.data {
            Some(source) => string_or_file(source).map(Self::Json),
            // A v1 call without parameters is a POST, like a TC3 call without a body.
            None if arguments.v1.is_some() => Ok(Self::Form(Vec::new())),
            None => Ok(Self::Json(b"{}".to_vec())),
        }
    }

    /// The parameters of a GET or of a v1 form; empty for other bodies.
    pub(crate) fn params(&self) -> Result<Vec<Param<'_>>, CliError> {
        let param =
            |field| FormField::as_str(field).map(|value| (field.name.as_str(), ParamValue::Text(value)));
        match self {
            Self::Get(pairs) => {
                Ok(pairs.iter().map(|(name, value)| (name.as_str(), ParamValue::Text(value))).collect())
            }
            Self::Form(fields) => fields.iter().map(param).collect(),
            Self::Json(_) | Self::Octets(_) => Ok(Vec::new()),
        }
    }

    /// The parts of a multipart form; empty for other bodies.
    pub(crate) fn parts(&self) -> Vec<Part<'_>> {
        let Self::Form(fields) = self else { return Vec::new() };
        fields.iter().map(FormField::part).collect()
    }
}

impl FormField {
    fn read((name, value): &(String, String)) -> Result<Self, CliError> {
        let name = name.clone();
        let Some(path) = value.strip_prefix('@') else {
            return Ok(Self { name, file: None, data: value.clone().into_bytes() });
        };
        let file = Path::new(path).file_name().map(|file| file.to_string_lossy().into_owned());
        Ok(Self { name, file, data: read_file(path)? })
    }

    fn as_str(&self) -> Result<&str, CliError> {
        str::from_utf8(&self.data).map_err(|_| CliError::NotUtf8 { name: self.name.clone() })
    }

    fn part(&self) -> Part<'_> {
        match &self.file {
            Some(file) => Part::file(&self.name, file, &self.data),
            None => Part { name: &self.name, filename: None, content_type: None, data: &self.data },
        }
    }
}

fn string_or_file(source: &str) -> Result<Vec<u8>, CliError> {
    if let Some(path) = source.strip_prefix('@') {
        return read_file(path);
    }
    if source != "-" {
        return Ok(source.as_bytes().to_vec());
    }
    let mut data = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut data);
    read.map_err(|source| CliError::Input { name: "standard input".to_owned(), source })?;
    Ok(data)
}

fn read_file(path: &str) -> Result<Vec<u8>, CliError> {
    fs::read(path).map_err(|source| CliError::Input { name: path.to_owned(), source })
}
