//! The ids of the regions, compared with the names of the constants.

use tc3_core::region::{self, *};

macro_rules! check {
    ($($name:ident)*) => {
        $(assert_eq!($name, stringify!($name).to_ascii_lowercase().replace('_', "-"));)*
        assert_eq!(region::ALL, [$($name),*]);
    };
}

#[test]
fn each_region_has_the_id_that_its_name_says() {
    check!(
        AP_GUANGZHOU AP_SHANGHAI AP_BEIJING AP_CHENGDU AP_CHONGQING AP_HONGKONG AP_SINGAPORE AP_BANGKOK AP_MUMBAI
        AP_SEOUL AP_TOKYO NA_ASHBURN NA_SILICONVALLEY NA_TORONTO EU_FRANKFURT EU_MOSCOW AP_SHANGHAI_FSI
        AP_SHENZHEN_FSI AP_GUANGZHOU_OPEN AP_NANJING AP_JAKARTA SA_SAOPAULO
    );
}
