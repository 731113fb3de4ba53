//! What the user has to give away: his display picture and his emoticons.

use std::collections::HashMap;
use std::sync::Arc;

use msnp::p2p::limits::OBJECT;
use msnp::types::{DataHash, MsnObject, ObjectType};

use crate::error::Error;

/// How many emoticons are kept at a time; those that were used first are forgotten first.
const MAX_EMOTICONS: usize = 256;

/// What can be asked for by its hash, by whoever is in a conversation with the user.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    picture: Option<(MsnObject, Arc<[u8]>)>,
    emoticons: HashMap<DataHash, (u64, Arc<[u8]>)>,
    /// How many emoticons were put here so far.
    count: u64,
}

impl Objects {
    /// Shows another picture, or none. Gives its descriptor.
    pub(crate) fn set_picture(
        &mut self,
        owner: &str,
        data: Option<Arc<[u8]>>,
    ) -> Result<Option<String>, Error> {
        self.picture = match data {
            Some(data) => Some((describe(owner, ObjectType::PICTURE, "", &data)?, data)),
            None => None,
        };
        Ok(self.picture.as_ref().map(|(object, _)| object.to_string()))
    }

    /// Keeps an emoticon to be fetched, and describes it.
    pub(crate) fn put_emoticon(
        &mut self,
        owner: &str,
        word: &str,
        data: Arc<[u8]>,
    ) -> Result<MsnObject, Error> {
        let object = describe(owner, ObjectType::EMOTICON, word, &data)?;
        if self.emoticons.len() >= MAX_EMOTICONS && !self.emoticons.contains_key(&object.hash()) {
            let oldest = self.emoticons.iter().min_by_key(|(_, (number, _))| *number).map(|(hash, _)| *hash);
            oldest.and_then(|hash| self.emoticons.remove(&hash));
        }
        self.count += 1;
        self.emoticons.insert(object.hash(), (self.count, data));
        Ok(object)
    }

    /// What somebody asks for.
    pub(crate) fn get(&self, hash: DataHash) -> Option<Arc<[u8]>> {
        let picture = self.picture.as_ref().filter(|(object, _)| object.hash() == hash);
        let emoticon = || self.emoticons.get(&hash).map(|(_, data)| data.clone());
        picture.map(|(_, data)| data.clone()).or_else(emoticon)
    }
}

fn describe(owner: &str, kind: ObjectType, word: &str, data: &[u8]) -> Result<MsnObject, Error> {
    if data.is_empty() || data.len() as u64 > OBJECT {
        return Err(Error::ObjectSize(data.len()));
    }
    let hash = DataHash::of(data).0;
    // A name that says nothing of the user's files, and the same one each time.
    let location: String = hash.iter().take(4).map(|byte| format!("{byte:02X}")).collect();
    Ok(MsnObject::new(owner, kind, &format!("TFR{location}.dat"), word, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_asked_for_and_nothing_else() {
        let mut objects = Objects::default();
        let data: Arc<[u8]> = b"a picture".as_slice().into();
        let shown = objects.set_picture("a@b.c", Some(data.clone())).unwrap().unwrap();
        let object: MsnObject = shown.parse().unwrap();
        assert!(object.is_of(&data) && objects.get(object.hash()) == Some(data.clone()));
        let smile = objects.put_emoticon("a@b.c", "(s)", b"smile".as_slice().into()).unwrap();
        assert_eq!(objects.get(smile.hash()).as_deref(), Some(b"smile".as_slice()));
        assert_eq!(objects.set_picture("a@b.c", None).unwrap(), None);
        assert_eq!(objects.get(object.hash()), None);
        for bad in [Vec::new(), vec![0; OBJECT as usize + 1]] {
            assert!(matches!(objects.set_picture("a@b.c", Some(bad.into())), Err(Error::ObjectSize(_))));
        }
    }

    #[test]
    fn the_oldest_emoticon_makes_room() {
        let mut objects = Objects::default();
        let put = |objects: &mut Objects, number: usize| {
            let data: Arc<[u8]> = number.to_string().into_bytes().into();
            objects.put_emoticon("a@b.c", "(x)", data).unwrap().hash()
        };
        let hashes: Vec<_> = (0..MAX_EMOTICONS + 1).map(|number| put(&mut objects, number)).collect();
        assert_eq!(objects.emoticons.len(), MAX_EMOTICONS);
        assert!(objects.get(hashes[0]).is_none() && objects.get(hashes[1]).is_some());
    }
}
