//! The ids of the regions, compared with a second list.

use tc3_core::region::*;

#[test]
fn each_region_has_its_documented_id() {
    let documented = [
        (AP_GUANGZHOU, "ap-guangzhou"),
        (AP_SHANGHAI, "ap-shanghai"),
        (AP_BEIJING, "ap-beijing"),
        (AP_CHENGDU, "ap-chengdu"),
        (AP_CHONGQING, "ap-chongqing"),
        (AP_HONGKONG, "ap-hongkong"),
        (AP_SINGAPORE, "ap-singapore"),
        (AP_BANGKOK, "ap-bangkok"),
        (AP_MUMBAI, "ap-mumbai"),
        (AP_SEOUL, "ap-seoul"),
        (AP_TOKYO, "ap-tokyo"),
        (NA_ASHBURN, "na-ashburn"),
        (NA_SILICONVALLEY, "na-siliconvalley"),
        (NA_TORONTO, "na-toronto"),
        (EU_FRANKFURT, "eu-frankfurt"),
        (EU_MOSCOW, "eu-moscow"),
        (AP_SHANGHAI_FSI, "ap-shanghai-fsi"),
        (AP_SHENZHEN_FSI, "ap-shenzhen-fsi"),
        (AP_GUANGZHOU_OPEN, "ap-guangzhou-open"),
        (AP_NANJING, "ap-nanjing"),
        (AP_JAKARTA, "ap-jakarta"),
        (SA_SAOPAULO, "sa-saopaulo"),
    ];
    for (constant, id) in documented {
        assert_eq!(constant, id);
    }
    assert_eq!(ALL, documented.map(|(_, id)| id));
}
