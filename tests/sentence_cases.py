"""Hard cases for splitting sentences, all invented. ``¦`` marks where a new sentence starts and is not in the text.

To add a case, add an entry; its key names what is hard. All but twelve were written before a splitter was chosen;
those (retired, opening_time, time_in_brackets, rupees, stray_quote_at_end, numbers_in_line, weekday,
approximately_first, capitals_and_clock, zero_width_space, glued_quote, wrapped_after_the) came from mistakes.
"""

CUT = "¦"

ABBREVIATIONS = {
    "us_adjective": "The U.S. Senate passed the bill late on Tuesday. ¦It now goes to the House.",
    "us_possessive": "Critics doubted the U.S.'s claim. ¦Allies did not.",
    "general": "Gen. Tobias Hale arrived at dawn. ¦His aides stayed behind.",
    "stacked_titles": "Lt. Col. Ada Brandt and Maj. Gen. R. Voss signed the order. ¦Neither spoke.",
    "senator_party": "Sen. Lena Ortiz (D-N.Y.) voted no. ¦Rep. Bill Tan (R-Fla.) did not vote.",
    "doctors": "Dr. Amara Obi and Mrs. Hill treated Mr. Lowe. ¦Prof. Dr. Jan Kok watched.",
    "initials": "J. K. Marlow met George W. Harlan and T.S. Benn in York. ¦They talked for an hour.",
    "initial_i": "The suspect, Paul A. Reyes, fled. ¦Robert I. Cole was held instead.",
    "weekday": "The march of Mon. 4 Nov. is off. ¦Talks resume on Thurs. Nov. 7. ¦It shuts on Sun. ¦We do not.",
    "approximately_first": "Approx. 30 boats sank. ¦Est. 1920, the yard is the oldest.",
    "months": "The trial opens on Jan. 5 and ends on Sept. 30. ¦Appeals are due by Dec. 1, 2026.",
    "number_five": "Bus No. 5 hit bus No. 12 at Gate No. 3. ¦Nobody was hurt.",
    "saint": "Floods reached St. Louis and Ft. Worth on Friday. ¦Mt. Hood was cut off.",
    "versus": "The final, Leeds vs. The Hague United, was called off. ¦In Smith v. Ohio the court ruled otherwise.",
    "eg_ie": "Some goods, e.g. Turkish steel, are exempt, i.e. Ankara pays nothing. ¦Others are not.",
    "company_inside": "Norvik Inc. and Halden Ltd. Chairman Piet Roos agreed. ¦Brandt Corp. shares rose.",
    "company_brothers": "Kell Bros. Motors and Ash & Co. Bank merged in 1998. ¦Each kept its name.",
    "degrees": "Mara Lind, Ph.D., teaches law. ¦Her brother, an M.D. from Oslo, does not.",
    "legal_references": "Art. 5 and Sec. 12 were struck down. ¦See Fig. 3 on p. 40 of Vol. 2.",
    "approximately": "The dam holds approx. 40 million litres. ¦It was built c. 1911.",
    "military_ranks": "Sgt. Kim Dahl, Cpl. Joe Ruiz and Pvt. Sam Ode were named. ¦Adm. Fry was not.",
    "retired": "Gen. (ret.) Petr Sova and Col. (Res.) Avi Dan spoke. ¦Both want a truce.",
    "governors": "Gov. Ruth Pell and Lt. Gov. Al Moss spoke. ¦Atty. Gen. Dean Ray declined.",
    "un_uk": "The U.N. Security Council met twice. ¦A U.K. envoy walked out.",
    "junior": "Martin Dunn Jr. won by nine votes. ¦Otto Frey Sr. came third.",
    "dc": "The office in Washington, D.C., was shut. ¦D.C. Mayor Flo Banks reopened it.",
    "states": "A plant in Mobile, Ala., and one in Provo, Utah, will close. ¦Calif. Attorney General Ed Ruiz sued.",
}

ABBREVIATIONS_AT_END = {
    "us_at_end": "He has lived for years in the U.S. ¦The president knows him well.",
    "us_before_pronoun": "Exports went mostly to the U.S. ¦He expects that to change.",
    "pm_at_end": "Polls close at 8 p.m. ¦The count starts at once.",
    "am_at_end_noun": "The shelling began at 4 a.m. ¦Residents hid in cellars.",
    "inc_at_end": "She used to work for Norvik Inc. ¦The company declined to comment.",
    "ltd_at_end": "The buyer is Halden Ltd. ¦In May it sold its mines.",
    "etc_at_end": "They carried tents, food, etc. ¦Soldiers searched every bag.",
    "dc_at_end": "The march ended in Washington, D.C. ¦There were no arrests.",
    "initial_at_end": "Doctors blamed a lack of vitamin D. ¦The patient recovered.",
    "said_no": "Asked whether he would quit, he said no. ¦Five ministers already have.",
    "month_at_end": "The fair opens in Sept. ¦It lasts a week.",
    "paragraph_end": "He flew back to the U.S.\n\n¦Officials gave no details.",
    "junior_at_end": "The winner was Martin Dunn Jr. ¦His rival conceded.",
}

NUMBERS = {
    "decimals": "Prices rose 3.5 percent to 12.75 euros. ¦Wages rose 1.2 percent.",
    "currency": "The deal is worth $4.1bn. ¦Shares fell by £0.35 to £2.10.",
    "year_at_end": "The party was founded in 1990. ¦The split came later.",
    "score": "Ajax won 2-1. ¦Leeds drew 0-0 at home.",
    "time_with_dot": "The train left at 7.45 p.m. on Sunday. ¦Nobody saw it arrive.",
    "time_zone": "The rocket lifts off at 6 a.m. GMT on Monday. ¦The window is short.",
    "time_then_day": "Crews meet at 9 a.m. Tuesday and at 7 p.m. Wednesday. ¦Talks may last a week.",
    "sentence_starts_with_number": "The ferry sank. ¦40 people were rescued. ¦3.2 tonnes of oil leaked.",
    "opening_time": "At 3 p.m. Israeli jets struck. ¦By 10.30 a.m. Tyre was empty. ¦It was 9 a.m. ¦The sun shone.",
    "time_in_brackets": "The vote is at 6 p.m. (1500 GMT) on Sunday. ¦Polls open at 8 a.m. (0500 GMT).",
    "rupees": "The fine is Rs. 500 a day. ¦Few pay.",
    "version": "Users of version 2.0.1 should wait. ¦Version 2.1 is safe.",
    "percent_then_year": "Output fell 7%. ¦2019 was worse.",
    "thousands": "About 1.500 people, or 1,500 in English style, marched. ¦Police said 900.",
}

QUOTES = {
    "straight_close": 'He said, "We are leaving." ¦The hall fell silent.',
    "curly_close": "He said, “We are leaving.” ¦The hall fell silent.",
    "single_close": "She called it 'a farce.' ¦Others agreed.",
    "single_curly_close": "She called it ‘a farce.’ ¦Others agreed.",
    "bracket_close": "(He did not elaborate.) ¦The vote is on Friday.",
    "question_he_asked": '"Is it over?" he asked. ¦Nobody answered.',
    "question_he_asked_curly": "“Is it over?” he asked. ¦Nobody answered.",
    "exclamation_shouted": '"Get out!" shouted the guard. ¦They ran.',
    "question_name_asked": "“Who gave the order?” Ortiz asked. ¦The witness looked away.",
    "question_title_asked": '"Who pays?" Sen. Lena Ortiz asked the panel. ¦It did not say.',
    "question_new_sentence": '"Is it over?" ¦The minister left without an answer.',
    "cut_inside_quote": '"The talks failed. ¦We go home tomorrow," the envoy said. ¦"There is no plan."',
    "cut_inside_curly_quote": "“The talks failed. ¦We go home tomorrow,” the envoy said. ¦“There is no plan.”",
    "unbalanced_curly": "“The town is empty. ¦The mayor has fled. ¦Troops hold the bridge.",
    "unbalanced_curly_middle": "Roads are “closed. ¦Drivers wait. ¦“The snow will not stop,” one said. ¦Trains run.",
    "unbalanced_close": "Defectors doubt the regime.” ¦Many stay silent.",
    "doubled_quotes": 'He praised the ""Red Dawn"" group. ¦""We owe them,"" he said. ¦They kept quiet.',
    "doubled_close": 'The police blame a bomb called ""Swiss Roll."" ¦It was made of nails.',
    "quote_in_middle": 'He shouted "Stop!" and ran after the van. ¦It did not stop.',
    "quote_starts_sentence": 'The mayor was calm. ¦"We have seen worse." ¦He then left.',
    "nested_quotes": "“He told me, ‘Run.’ ¦I ran,” the driver said. ¦“It saved me.”",
    "attribution_between": '"We won," she said. ¦"Now the work begins."',
    "quoted_title": "Her novel “What Now?” sold a million copies. ¦Critics hated it.",
    "guillemets": "« C'est fini. » ¦Le ministre est parti. ¦« Bien sûr ! » ¦Il a souri.",
    "latex_quotes": "The guard said, ``Nobody leaves.'' ¦The doors were shut.",
}

PUNCTUATION = {
    "ellipsis_middle": "He was... unsure of the figure. ¦She was not.",
    "ellipsis_end": "They waited for the signal... ¦Then the shelling began.",
    "ellipsis_character": "The list goes on… ¦No one has checked it.",
    "ellipsis_character_middle": "It is… complicated, he said. ¦The aide nodded.",
    "ellipsis_spaced": "The report says the army . . . had no orders. ¦It blames nobody.",
    "ellipsis_elision": "“We have ... President Ortiz behind us,” he said. ¦She was not there.",
    "interrobang": "He did what?! ¦The committee wants an answer!! ¦So do we.",
    "exclamation_in_name": "The Yahoo! board met on Monday. ¦The Jeopardy! host was there.",
    "parenthesis_inside": "The group (founded in 1990; see p. 4) has split. ¦Its leader fled.",
    "parenthesis_sentence_inside": "The envoy (he arrived on Monday.) is ill. ¦Talks are off.",
    "square_brackets": "“[The minister] will go,” she said. ¦[Passage omitted] Talks continue. ¦The end is near.",
    "recording": "[Begin recording] We will win. ¦[End recording] He then left.",
    "semicolon": "Two died; five were hurt. ¦One is missing.",
    "dash": "The plan — he called it “mad” — failed. ¦Nobody mourned it.",
    "missing_space": "The bridge was destroyed.¦The army denied it. ¦Rain fell.",
    "footnote_mark": "The king died in 1702.[3] ¦His son ruled for a week.[4][5] ¦War followed.",
    "stray_quote_at_end": "He called it `` a sham. ''. ¦She left. \"",
    "space_before_stop": "The army has withdrawn . ¦The town is calm !",
}

WEB = {
    "url": "Read more at https://www.example.org/a.b?c=1.2!x. ¦The page is slow.",
    "bare_domain": "The leak appeared on example.com and news.example.co.uk. ¦Both are offline.",
    "email": "Write to press.office@example.org. ¦Replies take a week.",
    "file_name": "The file report.final.pdf was deleted. ¦A copy exists.",
    "hashtag_handle": "“Vote!” wrote @j.doe on X. ¦#Election2026 trended.",
    "emoji": "We won 3-1! 🎉🎉 ¦The crowd sang. 👏",
    "emoji_inside": "Great news 🎉 from the lab. ¦It works.",
    "company_dotcom": "Amazara.com Inc. hired Node.js experts. ¦They left in May.",
    "photo_credit": "Smoke rises over the port. ¦(Photo: A. Lund/Agency)",
}

DATELINES = {
    "reuters": "LIMA, Oct. 3 (Reuters) - Peru's president resigned on Monday. ¦Crowds cheered.",
    "efe": "Lima, 2 Dec 88 (EFE) -- [Text] A bomb went off near the port. ¦Nobody was hurt.",
    "washington": "WASHINGTON, D.C. (AP) — The court will hear the case. ¦It gave no date.",
    "kyiv": "KYIV, Ukraine — Drones hit a depot overnight, Gov. Ihor Bondar said. ¦A fire broke out.",
    "live_blog": "14:05 GMT: The minister has resigned.\n¦14:20 GMT: Crowds gather. ¦Police watch.",
    "live_blog_dots": "9.15 a.m. The first votes are in.\n¦9.40 a.m. Turnout is low, officials say.",
}

LAYOUT = {
    "wrapped_after_the": "Police asked the school to shut. ¦The\nU.S. Embassy did not say why. ¦It is shut too.",
    "heading_own_line": "Talks Collapse in Geneva\n¦The two sides blamed each other on Monday. ¦No date was set.",
    "heading_blank_line": "Talks collapse in Geneva\n\n¦The two sides blamed each other. ¦No date was set.",
    "heading_with_abbreviation": "U.S. Senate Backs Treaty With St. Lucia\n\n¦It passed by 60 votes. ¦Ten abstained.",
    "numbers_in_line": "There are two steps. ¦1. Open the gate. ¦2. Count the sheep.",
    "byline": (
        "Flood waters recede along the Tisza\n¦By Nora Balogh and Imre Kis\n¦SZEGED, Hungary (AP) — The river fell"
        " by a metre. ¦Volunteers went home."
    ),
    "bullets_dot": "The plan offers:\n\n¦  • Lower taxes\n¦  • Free buses. ¦They start in May.\n¦  • More police",
    "bullets_dash": "Key points\n¦- The dam has cracks\n¦- Repairs cost $2.5m. ¦No one will pay.\n¦- Rain is due",
    "bullets_star": "What we know:\n¦* Two trains collided\n¦* The driver is alive",
    "numbered_dot": "1. The army must leave.\n¦2. Prisoners go free. ¦Their names are known.\n¦3. Elections follow.",
    "numbered_bracket": "Demands\n¦1) A truce\n¦2) New elections\n¦10) An inquiry led by Gen. Hale",
    "wrapped": (
        "The governor of the northern province said on Thursday that the army had\n"
        "withdrawn from the last of the villages it seized in June, and that the\n"
        "U.N. Refugee Agency would reopen its camps. ¦The agency said it knew of no such\n"
        "plan."
    ),
    "wrapped_capital_line_starts": (
        "The deal was signed by the head of the delegation, Gen. Pavel Orlov, by\n"
        "Foreign Minister Ana Dias and by two officials whom neither side has named.\n"
        "¦Western diplomats said that the text leaves open who will guard the border at\n"
        "Gorna Banya, where the fighting began. ¦It takes effect at midnight."
    ),
    "wrapped_with_heading": (
        "FARMERS BLOCK BORDER ROADS\n"
        "\n"
        "¦Farmers parked several hundred tractors across the main roads to the border on\n"
        "Monday and vowed to stay. ¦Police said the protest was peaceful.\n"
        "\n"
        "¦Ministry unmoved\n"
        "\n"
        "¦The ministry said the subsidies would end in March as planned and that it saw\n"
        "no reason to talk."
    ),
    "wrapped_heading_no_blank": (
        "Harbour reopens\n"
        "¦The harbour of Port Ellis reopened on Friday, nine days after a tanker leaked\n"
        "fuel across the bay and forced boats to stay ashore. ¦Fishermen were wary."
    ),
    "wrapped_indented_paragraphs": (
        "    The premier resigned on Sunday after her party lost its third by-election\n"
        "in a month, officials said.\n"
        "¦    Her deputy, Karl Moe, will lead until a congress meets in the spring, the\n"
        "party said in a statement."
    ),
    "wrapped_bullets": (
        "The court found that:\n"
        "¦- the minister had known of the payments since at least 2019 and told no one\n"
        "  in the cabinet;\n"
        "¦- his deputy had signed two of the three contracts without reading them, as\n"
        "  she admitted."
    ),
    "wrapped_number_line_start": (
        "The treaty has been in force since the end of the second war, which was in\n"
        "1948. ¦It was amended twice, most recently when the two governments agreed on\n"
        "12 new crossings."
    ),
    "wrapped_crlf": (
        "Rescuers pulled two climbers from a crevasse on the north face on Saturday,\r\n"
        "three days after they went missing. ¦Both were in good health, said Dr.\r\n"
        "Ines Roca, who examined them."
    ),
    "paragraph_per_line": (
        "The airline cancelled forty flights after its pilots walked out in a row over pay that has run since spring.\n"
        "¦Officials from both sides meet on Monday. ¦They have met six times before without a result of any kind."
    ),
    "paragraph_without_stop": "The ceasefire holds for now\n\n¦and nobody expects it to last.",
    "caption": (
        "Rebels seized the airport on Tuesday. ¦Flights were diverted.\n\n"
        "¦A burnt-out bus outside the terminal. ¦Photo: L. Strand\n\n¦The army did not comment."
    ),
    "separator_lines": "Rain fell all day.\n\n¦* * *\n\n¦Snow came at night.\n\n¦-----\n\n¦Sun followed.",
    "whitespace": "\n \t One came.  ¦Two\tleft. \u00a0 ¦Three\u00a0stayed. \n\n\n \n¦Four slept.\r\n\r\n¦Five woke. \n",
    "question_list": "Who is he?\n¦What does he want?\n¦When will he go?",
    "share_buttons": "Share\n¦Print\n¦Leave a Comment\n¦The strike ended on Monday. ¦Buses run again.",
    "table_of_results": "Ajax 2-1 Leeds\n¦Porto 0-0 Basel\n¦St. Gallen 1-3 Brest",
    "date_line": "Rebels free captives\n¦Friday, July 21, 2017\n¦Rebels freed nine captives on Friday. ¦One is ill.",
    "quote_across_paragraphs": (
        "“We found the door open. ¦Nobody was inside.\n\n¦“Then the alarm went off,” the officer said. ¦He ran."
    ),
    "related_link": (
        "The bank failed on Monday.\n\n¦READ MORE: Why did Norvik Inc. fail?\n\n¦Savers queued. ¦Some slept there."
    ),
    "interview": "Q: Did you see him?\n¦A: No. ¦I saw his car.\n\n¦Q: When?\n¦A: At 5 p.m. on Monday.",
}

SCRIPTS = {
    "japanese": "会議は東京で開かれた。¦首相は出席しなかった。¦なぜか？¦誰も知らない。",
    "japanese_quote": "「行かない。」¦首相は会議に出なかった。",
    "chinese": "地震发生在周一。¦官员说，没有人受伤！¦调查仍在进行。",
    "arabic": "وصل الوزير إلى العاصمة. ¦هل سيبقى هناك؟ ¦لم يعلق المكتب.",
    "hebrew": "השר התפטר אתמול. ¦הממשלה לא הגיבה. ¦האם יהיו בחירות?",
    "hindi": "मंत्री ने इस्तीफा दे दिया। ¦सरकार ने कुछ नहीं कहा।",
    "russian": "Министр ушёл в отставку. ¦Правительство не ответило. ¦Почему?",
    "spanish": "El ministro renunció. ¦¿Por qué? ¦¡Nadie lo sabe! ¦El Gobierno calla.",
    "french": "Le ministre a démissionné. ¦« Je pars », a-t-il dit. ¦Écoles et mairies ferment.",
    "turkish": "Bakan istifa etti. ¦İstanbul'da yağmur var. ¦Şimdi ne olacak?",
}

ODD = {
    "empty": "",
    "blank": " \n\t\r\n ",
    "one_word": "Breaking",
    "only_punctuation": "...",
    "nul_bytes": "The tape\x00 is blank. ¦\x00It was wiped.",
    "no_stop_at_all": "the minister did not comment",
    "long_sentence": "He saw " + "a tank and then " * 2500 + "nothing. ¦It was dark.",
    "trailing_abbreviation": "It cost 5 million in the U.S.",
    "lower_case_start": "he resigned. ¦iPhones were seized. ¦The end.",
    "capitals_and_clock": "THE BLAST CAME AT 3 P.M. MONDAY. ¦IT KILLED NOBODY.",
    "zero_width_space": "It fell.\u200b ¦The next one rose.",
    "glued_quote": "The price rose.¦“We know,” he said.¦He then left.",
    "all_caps": "THE ARMY HAS TAKEN THE CITY. ¦GEN. HALE IS DEAD. ¦THE U.S. HAS NOT COMMENTED.",
}

CASES = {
    **ABBREVIATIONS,
    **ABBREVIATIONS_AT_END,
    **NUMBERS,
    **QUOTES,
    **PUNCTUATION,
    **WEB,
    **DATELINES,
    **LAYOUT,
    **SCRIPTS,
    **ODD,
}


def read_case(marked: str) -> tuple[str, list[str]]:
    """Return the text of a case and its sentences."""
    sentences = [part.strip() for part in marked.split(CUT)]
    return marked.replace(CUT, ""), [sentence for sentence in sentences if sentence]
