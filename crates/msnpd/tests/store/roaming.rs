//! What roams with an account.

use msnpd::store::{
    Form, MAX_DOCUMENT_NAME, MAX_DOCUMENTS, MAX_MESSAGE, Picture, Place, Profile, ProfileError, ProfileUpdate,
};

use crate::Bench;

fn picture(mark: u8) -> Picture {
    Picture { full: vec![mark; 3], small: vec![mark; 2] }
}

fn message(text: &str) -> ProfileUpdate {
    ProfileUpdate { name: None, message: Some(text.to_owned()) }
}

impl Bench {
    async fn profile(&self) -> Profile {
        self.store.profile(self.alice).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_profile_changes_when_it_is_changed() {
    let b = Bench::new().await;
    let first = b.profile().await;
    assert_eq!((first.version, first.message.as_str(), first.message_changed), (1, "", None));
    assert_eq!((first.name_changed, first.photo), (first.modified, None));
    let both = ProfileUpdate { name: Some("Alice A.".to_owned()), message: Some("out".to_owned()) };
    let edited = b.store.update_profile(b.alice, both.clone()).await.unwrap();
    assert_eq!(edited.name, Some(("Alice A.".to_owned(), edited.before + 1)));
    let second = b.profile().await;
    assert_eq!((second.version, second.message.as_str(), second.name.as_str()), (2, "out", "Alice A."));
    assert_eq!(second.message_changed, Some(second.modified));
    // What is so already changes nothing.
    let edited = b.store.update_profile(b.alice, both).await.unwrap();
    assert_eq!((edited.name, b.profile().await), (None, second));
    b.store.update_profile(b.alice, message("")).await.unwrap();
    let third = b.profile().await;
    assert_eq!((third.version, third.message.as_str()), (3, ""));
    // Another's is his own.
    assert_eq!(b.store.profile(b.bob).await.unwrap().unwrap().version, 1);
    // That somebody wants none is known from then on.
    b.store.update_profile(b.bob, message("")).await.unwrap();
    assert!(b.store.profile(b.bob).await.unwrap().unwrap().message_changed.is_some());
}

#[tokio::test]
async fn what_is_too_long_is_not_kept() {
    let b = Bench::new().await;
    let before = b.profile().await;
    let long = "x".repeat(MAX_MESSAGE + 1);
    let done = b.store.update_profile(b.alice, message(&long)).await;
    assert!(matches!(done, Err(ProfileError::TooLong)));
    let long = "x".repeat(MAX_DOCUMENT_NAME + 1);
    let done = b.store.create_document(b.alice, long.clone(), picture(1)).await;
    assert!(matches!(done, Err(ProfileError::TooLong)));
    let number = b.store.create_document(b.alice, "x".repeat(MAX_DOCUMENT_NAME), picture(1)).await.unwrap();
    let done = b.store.update_document(b.alice, number, Some(long), Some(picture(2))).await;
    assert!(matches!(done, Err(ProfileError::TooLong)));
    let key = b.store.documents(b.alice, 25).await.unwrap()[0].key;
    assert_eq!(b.store.picture(key, Form::Full).await.unwrap(), Some(vec![1; 3]));
    b.store.update_profile(b.alice, message(&"x".repeat(MAX_MESSAGE))).await.unwrap();
    assert_eq!(before.message, "");
}

#[tokio::test]
async fn numbers_of_pictures_are_never_used_twice() {
    let b = Bench::new().await;
    let make = || b.store.create_document(b.alice, String::new(), picture(1));
    assert_eq!(make().await.unwrap(), 205);
    b.store.remove_documents(b.alice, Place::Tiles, vec![205]).await.unwrap();
    assert_eq!(make().await.unwrap(), 206);
    assert!(matches!(b.store.show_document(b.alice, 205).await, Err(ProfileError::NoSuchDocument)));
    assert!(matches!(b.store.show_document(b.bob, 206).await, Err(ProfileError::NoSuchDocument)));
    let done = b.store.update_document(b.bob, 206, None, Some(picture(2))).await;
    assert!(matches!(done, Err(ProfileError::NoSuchDocument)));
    assert_eq!(b.store.create_document(b.bob, String::new(), picture(1)).await.unwrap(), 205);
}

#[tokio::test]
async fn one_picture_is_shown_and_none_is_left_over() {
    let b = Bench::new().await;
    for number in 205..208 {
        b.store.create_document(b.alice, number.to_string(), picture(1)).await.unwrap();
        b.store.show_document(b.alice, number).await.unwrap();
        assert_eq!(b.profile().await.photo.unwrap().number, number);
    }
    // One that was refused leaves all as it was.
    assert!(b.store.show_document(b.alice, 999).await.is_err());
    assert_eq!(b.profile().await.photo.unwrap().number, 207);
    let key = b.profile().await.photo.unwrap().key;
    b.store.remove_documents(b.alice, Place::Tiles, vec![205, 206, 207, 208]).await.unwrap();
    assert!(b.store.documents(b.alice, 25).await.unwrap().is_empty());
    assert_eq!(b.store.picture(key, Form::Small).await.unwrap(), Some(vec![1; 2]));
    b.store.remove_documents(b.alice, Place::Profile, vec![207]).await.unwrap();
    assert_eq!(b.store.picture(key, Form::Small).await.unwrap(), None);
}

#[tokio::test]
async fn pictures_of_one_leave_room_for_those_of_others() {
    let b = Bench::new().await;
    let most = MAX_DOCUMENTS as usize;
    b.store.create_document(b.bob, "bob".to_owned(), picture(1)).await.unwrap();
    for number in 0..2 * most {
        b.store.create_document(b.alice, number.to_string(), picture(1)).await.unwrap();
        if number == 0 {
            b.store.show_document(b.alice, 205).await.unwrap();
        }
    }
    let names: Vec<_> =
        b.store.documents(b.alice, 100).await.unwrap().into_iter().map(|found| found.name).collect();
    assert_eq!(names.len(), most);
    assert!(names.contains(&"0".to_owned()) && names.contains(&(2 * most - 1).to_string()), "{names:?}");
    assert_eq!(b.store.documents(b.bob, 100).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_belongs_to_an_account_goes_with_it() {
    let b = Bench::new().await;
    b.store.update_profile(b.alice, message("out")).await.unwrap();
    b.store.create_document(b.alice, String::new(), picture(1)).await.unwrap();
    let key = b.store.documents(b.alice, 25).await.unwrap()[0].key;
    b.store.remove_account(b.alice).await.unwrap();
    assert_eq!(b.store.picture(key, Form::Full).await.unwrap(), None);
    assert_eq!(b.store.profile(b.alice).await.unwrap(), None);
    for done in [
        b.store.update_profile(b.alice, message("x")).await.map(|_| ()),
        b.store.create_document(b.alice, String::new(), picture(1)).await.map(|_| ()),
        b.store.remove_documents(b.alice, Place::Tiles, vec![205]).await,
    ] {
        assert!(matches!(done, Err(ProfileError::Gone)), "{done:?}");
    }
}
