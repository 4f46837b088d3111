//! Words that people take for each other in names of fields.

/// Tells whether two names, without capitals and separators, are in use for the same thing.
pub(super) fn are_synonyms(one: &str, other: &str) -> bool {
    let has = |group: &&str, name| group.split(' ').any(|word| word == name);
    let mut all = GROUPS.iter();
    all.any(|group| has(group, one) && has(group, other))
}

/// Words for the same thing in each.
const GROUPS: &[&str] = &[
    "status state cardstatus cardstate statuses states condition",
    "type kind category types",
    "cardtype cardtypes cardkind kindofcard types type kind",
    "mobile mobileno mobilenumber phone phoneno phonenumber telephone tel cell cellphone \
     msisdn contactno contactnumber",
    "pincode pin postcode postalcode postal zip zipcode postcodes",
    "firstname givenname forename fname first",
    "lastname surname familyname lname last",
    "middlename mname secondname middle",
    "dob dateofbirth birthdate birthday birthdt dateofbirthday",
    "gender sex",
    "email mail emailid emailaddress mailaddress",
    "address address1 addr addr1 street addressline1 line1 streetaddress",
    "address2 addr2 addressline2 line2 street2",
    "address3 addr3 addressline3 line3 street3",
    "city town locality",
    "state province region",
    "country nation countrycode countryiso",
    "cardno cardnumber pan cardnum",
    "cardpin pin",
    "kitno kitnumber kit kitid",
    "docno documentnumber documentno docnumber docid",
    "doctype documenttype documentkind",
    "docexpiry documentexpiry docexpirydate expiry expirydate expiration",
    "customerid customersid custid customer clientid userid entityid entity consumerid",
    "username user loginname userid loginid",
    "password passwd pwd pass passphrase",
    "otp onetimepassword onetimepasscode totp otpcode code mfa mfacode passcode",
    "limit pagesize size count perpage max maxresults take top",
    "offset skip start from startat",
    "pagenumber page pageno pageindex pagenum",
    "include includes expand with embed fields",
    "currency ccy currencycode curr",
    "externalid reference clientreference merchantreference externalreference",
    "programname program programme programmename product productname",
    "granttype grant",
    "checksum signature hash digest sign hmac xchecksum xsignature",
    "token accesstoken authtoken authorization authorisation auth authentication bearer \
     xtoken xauthtoken apikey xapikey",
    "affiliate affiliation affiliateid merchant merchantid mid xaffiliate",
    "processorkey apikey xapikey processor privatekey xprocessorkey",
];
