//! Letters with accents, which files write as one sign or as two that look alike.
//!
//! Two columns called `café` that differ in nothing a person can see must not be two names. Latin and Cyrillic letters
//! are put together; of other scripts nothing is changed.

/// For each combining mark: letters, each followed by what it becomes.
const COMPOSED: &[(char, &str)] = &[
    ('\u{300}', "AÀEÈIÌNǸOÒUÙWẀYỲaàeèiìnǹoòuùwẁyỳИЍиѝЕЀеѐ"),
    ('\u{301}', "AÁCĆEÉGǴIÍKḰLĹMḾNŃOÓPṔRŔSŚUÚWẂYÝZŹaácćeégǵiíkḱlĺmḿnńoópṕrŕsśuúwẃyýzź"),
    ('\u{302}', "AÂCĈEÊGĜHĤIÎJĴOÔSŜUÛWŴYŶZẐaâcĉeêgĝhĥiîjĵoôsŝuûwŵyŷzẑ"),
    ('\u{303}', "AÃEẼIĨNÑOÕUŨVṼYỸaãeẽiĩnñoõuũvṽyỹ"),
    ('\u{304}', "AĀEĒGḠIĪOŌUŪYȲaāeēgḡiīoōuūyȳИӢиӣ"),
    ('\u{306}', "AĂEĔGĞIĬOŎUŬaăeĕgğiĭoŏuŭИЙийЕӖеӗ"),
    ('\u{307}', "AȦBḂCĊDḊEĖFḞGĠHḢIİMṀNṄOȮPṖRṘSṠTṪWẆXẊYẎZŻaȧbḃcċdḋeėfḟgġhḣmṁnṅoȯpṗrṙsṡtṫwẇxẋyẏzż"),
    ('\u{308}', "AÄEËHḦIÏOÖUÜWẄXẌYŸaäeëhḧiïoötẗuüwẅxẍyÿИӤиӥЕЁеё"),
    ('\u{30a}', "AÅUŮaåuůwẘyẙ"),
    ('\u{30b}', "OŐUŰoőuű"),
    ('\u{30c}', "AǍCČDĎEĚGǦHȞIǏKǨLĽNŇOǑRŘSŠTŤUǓZŽaǎcčdďeěgǧhȟiǐjǰkǩlľnňoǒrřsštťuǔzž"),
    ('\u{323}', "AẠBḄDḌEẸHḤIỊKḲLḶMṂNṆOỌRṚSṢTṬUỤVṾWẈYỴZẒaạbḅdḍeẹhḥiịkḳlḷmṃnṇoọrṛsṣtṭuụvṿwẉyỵzẓ"),
    ('\u{327}', "CÇDḐEȨGĢHḨKĶLĻNŅRŖSŞTŢcçdḑeȩgģhḩkķlļnņrŗsştţ"),
    ('\u{328}', "AĄEĘIĮOǪUŲaąeęiįoǫuų"),
];

/// The text with letters and the marks that follow them put together.
pub(crate) fn composed(text: &str) -> String {
    let mut out: Vec<char> = Vec::with_capacity(text.len());
    for sign in text.chars() {
        let whole = COMPOSED.iter().find(|(mark, _)| *mark == sign).and_then(|(_, pairs)| {
            let last = out.last()?;
            let mut pairs = pairs.chars();
            while let (Some(letter), Some(whole)) = (pairs.next(), pairs.next()) {
                if letter == *last {
                    return Some(whole);
                }
            }
            None
        });
        match (whole, out.last_mut()) {
            (Some(whole), Some(last)) => *last = whole,
            _ => out.push(sign),
        }
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_marks_become_one() {
        assert_eq!(composed("cafe\u{301} A\u{30a} u\u{308}ber"), "café Å über");
        assert_eq!(composed("\u{301}x q\u{301}"), "\u{301}x q\u{301}");
        assert_eq!(composed("schon da: é"), "schon da: é");
    }
}
