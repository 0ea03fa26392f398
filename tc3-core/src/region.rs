//! Constants for the documented regions. Any other region can be passed as a string, because the list
//! differs between products and changes over time.
//!
//! A region is the value of `X-TC-Region`. With [`Host::Regional`](crate::Host::Regional) it is also
//! part of the domain: `{service}.{region}.tencentcloudapi.com`. The first row of the documented
//! table, "Local access region (recommended, only for non-financial availability zones)", is
//! [`Host::Nearest`](crate::Host::Nearest).
//!
//! ```
//! use tc3_core::{Host, api, region};
//!
//! let api = api!("cvm", "2017-03-12").at(Host::Regional(region::EU_FRANKFURT));
//! let request = api.action("DescribeZones").region(region::EU_FRANKFURT).json("{}")?;
//! # let _ = request;
//! # Ok::<(), tc3_core::Invalid>(())
//! ```

macro_rules! regions {
    ($($(#[$doc:meta])* $name:ident = $id:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $id;)*

        /// All regions above.
        pub const ALL: &[&str] = &[$($id),*];
    };
}

regions! {
    /// South China (Guangzhou)
    AP_GUANGZHOU = "ap-guangzhou";
    /// East China (Shanghai)
    AP_SHANGHAI = "ap-shanghai";
    /// North China (Beijing)
    AP_BEIJING = "ap-beijing";
    /// Southwest China (Chengdu)
    AP_CHENGDU = "ap-chengdu";
    /// Southwest China (Chongqing)
    AP_CHONGQING = "ap-chongqing";
    /// Hong Kong, Macao, Taiwan (Hong Kong, China)
    AP_HONGKONG = "ap-hongkong";
    /// Southeast Asia (Singapore)
    AP_SINGAPORE = "ap-singapore";
    /// Southeast Asia (Bangkok)
    AP_BANGKOK = "ap-bangkok";
    /// South Asia (Mumbai)
    AP_MUMBAI = "ap-mumbai";
    /// Northeast Asia (Seoul)
    AP_SEOUL = "ap-seoul";
    /// Northeast Asia (Tokyo)
    AP_TOKYO = "ap-tokyo";
    /// U.S. East Coast (Virginia)
    NA_ASHBURN = "na-ashburn";
    /// U.S. West Coast (Silicon Valley)
    NA_SILICONVALLEY = "na-siliconvalley";
    /// North America (Toronto)
    NA_TORONTO = "na-toronto";
    /// Europe (Frankfurt)
    EU_FRANKFURT = "eu-frankfurt";
    /// Europe (Moscow)
    EU_MOSCOW = "eu-moscow";
    /// East China (Shanghai Finance), isolated
    AP_SHANGHAI_FSI = "ap-shanghai-fsi";
    /// South China (Shenzhen Finance), isolated
    AP_SHENZHEN_FSI = "ap-shenzhen-fsi";
    /// South China (Guangzhou Open); newer than the document
    AP_GUANGZHOU_OPEN = "ap-guangzhou-open";
    /// East China (Nanjing); newer than the document
    AP_NANJING = "ap-nanjing";
    /// Southeast Asia (Jakarta); newer than the document
    AP_JAKARTA = "ap-jakarta";
    /// South America (São Paulo); newer than the document
    SA_SAOPAULO = "sa-saopaulo";
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! check {
        ($($name:ident)*) => {
            $(assert_eq!($name, stringify!($name).to_ascii_lowercase().replace('_', "-"));)*
            assert_eq!(ALL, [$($name),*]);
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
}
