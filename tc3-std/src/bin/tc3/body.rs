//! Bodies and parameters, read from the command line, files and standard input.

use crate::{arguments::Request, trouble::Trouble};
use std::{
    fs,
    io::{self, Read},
    path::Path,
};
use tc3_core::{Param, ParamValue, Part};

/// What is sent, owned.
pub(crate) enum Input {
    Json(Vec<u8>),
    Octets(Vec<u8>),
    Get(Vec<(String, String)>),
    Form(Vec<Field>),
}

pub(crate) struct Field {
    name: String,
    /// The name of the file that the data came from.
    file: Option<String>,
    data: Vec<u8>,
}

impl Input {
    pub(crate) fn read(request: &Request) -> Result<Self, Trouble> {
        if let Some(pairs) = &request.get {
            return Ok(Self::Get(pairs.clone()));
        }
        if let Some(fields) = &request.form {
            return fields.iter().map(Field::read).collect::<Result<_, _>>().map(Self::Form);
        }
        if let Some(source) = &request.octets {
            return text_or_file(source).map(Self::Octets);
        }
        match &request.data {
            Some(source) => text_or_file(source).map(Self::Json),
            // A v1 call without parameters is a POST like a TC3 call without them.
            None if request.v1.is_some() => Ok(Self::Form(Vec::new())),
            None => Ok(Self::Json(b"{}".to_vec())),
        }
    }

    /// The parameters of a GET or of a v1 form.
    pub(crate) fn parameters(&self) -> Result<Vec<Param<'_>>, Trouble> {
        let text = |field| Field::text(field).map(|text| (field.name.as_str(), ParamValue::Text(text)));
        match self {
            Self::Get(pairs) => {
                Ok(pairs.iter().map(|(name, value)| (name.as_str(), ParamValue::Text(value))).collect())
            }
            Self::Form(fields) => fields.iter().map(text).collect(),
            Self::Json(_) | Self::Octets(_) => Ok(Vec::new()),
        }
    }

    /// The parts of a multipart form.
    pub(crate) fn parts(&self) -> Vec<Part<'_>> {
        let Self::Form(fields) = self else { return Vec::new() };
        fields.iter().map(Field::part).collect()
    }
}

impl Field {
    fn read((name, value): &(String, String)) -> Result<Self, Trouble> {
        let name = name.clone();
        let Some(path) = value.strip_prefix('@') else {
            return Ok(Self { name, file: None, data: value.clone().into_bytes() });
        };
        let file = Path::new(path).file_name().map(|file| file.to_string_lossy().into_owned());
        Ok(Self { name, file, data: read_file(path)? })
    }

    fn text(&self) -> Result<&str, Trouble> {
        str::from_utf8(&self.data).map_err(|_| Trouble::NotText { name: self.name.clone() })
    }

    fn part(&self) -> Part<'_> {
        match &self.file {
            Some(file) => Part::file(&self.name, file, &self.data),
            None => Part { name: &self.name, filename: None, content_type: None, data: &self.data },
        }
    }
}

fn text_or_file(source: &str) -> Result<Vec<u8>, Trouble> {
    if let Some(path) = source.strip_prefix('@') {
        return read_file(path);
    }
    if source != "-" {
        return Ok(source.as_bytes().to_vec());
    }
    let mut data = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut data);
    read.map_err(|source| Trouble::Input { what: "standard input".to_owned(), source })?;
    Ok(data)
}

fn read_file(path: &str) -> Result<Vec<u8>, Trouble> {
    fs::read(path).map_err(|source| Trouble::Input { what: path.to_owned(), source })
}
