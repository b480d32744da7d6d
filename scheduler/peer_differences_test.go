package scheduler

// peerDifference is a set of holidays that only one of the table and rickar/cal
// v2.1.27 has, named as they are there.
type peerDifference struct {
	region Region
	names  []string
	right  verdict
	why    string
}

type verdict string

const (
	table   verdict = "the table"
	neither verdict = "neither quite"
	open    verdict = "open" // local law or custom that no list at hand decides
)

// peerDifferences lists what TestHolidaysAgainstPeer may find.
func peerDifferences() []peerDifference {
	return []peerDifference{
		{"ar", []string{
			"Aniversario paso a la inmortalidad del General Martín Miguel de Güemes",
			"Anniversary of the Passing to Immortality of General Martín Miguel de Güemes",
			"Aniversario paso a la inmortalidad del General José de San Martín",
			"Anniversary of the Passing to Immortality of General José de San Martín",
			"Día de la Soberanía Nacional", "Day of National Sovereignty", "Day of Respect for Cultural Diversity",
		}, table, "Ley 27.399: the movable holidays are taken on a Monday"},
		{"ar", []string{"Día del respeto a la diversidad cultural"}, neither,
			"Ley 27.399 too, but that of 2025, a Sunday, was moved to Friday 10 October by decree"},
		{"ar", []string{"Aniversario paso a la inmortalidad del General Juan Manuel Belgrano"}, table, "Ley 27.399: 20 June never moves"},
		{"ar", []string{"Viernes Santo", "Good Friday"}, table, "rickar/cal has Maundy Thursday instead"},
		{"au-nsw", []string{"Anzac Day (substitute day)"}, table, "NSW Government: additional holidays of 2026 and 2027"},
		{"au-sa", []string{"ANZAC Day"}, table, "Public Holidays Act 2023 (SA): no Monday for a Sunday Anzac Day any more"},
		{"br", []string{"Carnaval", "Corpus Christi"}, table, "pontos facultativos, not feriados nacionais"},
		{"de-be", []string{"Liberation Day (80th Anniversary)"}, table, "Berlin: 8 May 2025 only"},
		{"de-mv", []string{"International Women's Day"}, table, "Feiertagsgesetz M-V: every year since 2023"},
		{"dk", []string{"Grundlovsdag"}, table, "5 June is no helligdag"},
		{"fi", []string{"Jouluaatto", "Juhannusaatto"}, table, "eves are days off by agreement, not public holidays"},
		{"is", []string{"Aðfangadagur", "Gamlársdagur"}, table, "lög 88/1971: holidays from 13:00 only"},
		{"it", []string{"National Day of Saint Francis of Assisi"}, table, "legge 151/2025"},
		{"ke", []string{"End of Ramadan (Eid al-Fitr)", "Feast of the Sacrifice (Eid al-Adha)"}, table,
			"Public Holidays Act, gazetted each year; the day is computed and may be one off"},
		{"lu", []string{"Europe Day"}, table, "Code du travail, art. L.232-2, since 2019"},
		{"lu", []string{"National Holiday", "Nationalfeierdag"}, table, "the national holiday is 23 June, not 23 July"},
		{"mw", []string{"Eid al Fitri", "Eid al Fitri (substitute day)"}, table, "Public Holidays Act, schedule; the day is computed and may be one off"},
		{"mx", []string{"Constitution Day", "Benito Juárez's birthday", "Benito Juárez's Birthday"}, table,
			"Ley Federal del Trabajo, art. 74: first Monday of February, third of March"},
		{"mx", []string{"New Year's Day", "Labour Day", "Independence Day", "Christmas Day"}, table,
			"Ley Federal del Trabajo, art. 74: no Friday for a Saturday"},
		{"nl", []string{"Goede Vrijdag", "Bevrijdingsdag"}, table, "days off by agreement only"},
		{"nz", []string{"Matariki"}, table, "Te Kāhui o Matariki Public Holiday Act 2022"},
		{"rs", []string{"New Year's Day", "Statehood Day"}, table, "of two days, one on a Sunday moves to the day after both"},
		{"ru", []string{
			"New Year Holiday",
			"Day off (transferred from 4 January)", "Day off (transferred from 23 February)", "Day off (transferred from 8 March)",
			"Day off (transferred from 1 November)", "Day off (transferred from 5 January)", "Day off (transferred from 3 January)",
			"День защитника Отечества", "Международный женский день",
		}, table, "Labour Code, art. 112: 1 to 8 January; decrees on the transfer of days off in 2025 and 2026"},
		{"se", []string{"Julafton", "Midsommarafton", "Nyårsafton"}, table, "eves are days off by agreement, not public holidays"},
		{"sk", []string{"Deň boja za slobodu a demokraciu"}, table, "working day since 2025"},
		{"sk", []string{"Deň víťazstva nad fašizmom", "Sviatok Panny Márie Sedembolestnej, patrónky Slovenska"}, table, "working days in 2026"},
		{"th", []string{"Makha Bucha", "Vesak Day", "Asalha Puja", "Buddhist Lent"}, table, "the lunar holidays, known up to 2026"},
		{"th", []string{"Songkran Festival (substitute day)"}, table, "13 April 2025 is a Sunday, the next working day the 16th"},
		{"ua", []string{
			"Різдво", "День захисника України", "День перемоги над нацизмом у Другій світовій війні",
			"Day of Remembrance and Victory", "Statehood Day", "Defenders of Ukraine Day", "Defenders of Ukraine Day (substitute day)",
		}, table, "Labour Code, art. 73 as of 2023 and 2024"},
		{"ua", []string{"Christmas Day", "Labour Day (substitute day)", "Pentecost (substitute day)"}, table,
			"Labour Code, art. 67: one on a weekend moves to the day after"},

		{"ch-ag", []string{"Labour Day"}, open, "in Aargau it is a matter of districts and of the afternoon"},
		{"ch-ai", []string{"Mauritiustag"}, table, "Ruhetagsgesetz: but for Oberegg"},
		{"ch-ai", []string{"Zweiter Weihnachtsfeiertag"}, table, "none after a Christmas Day on Monday or Friday"},
		{"ch-ai", []string{"Mariä Empfängnis"}, open, "Innerrhoden is said to keep it; the data does not"},
		{"ch-bl", []string{"Fronleichnam", "Mariä Himmelfahrt"}, table, "in a few communes only"},
		{"ch-fr", []string{"Immaculate Conception"}, table, "in the Catholic communes, which are most"},
		{"ch-fr", []string{"Tag der Arbeit"}, table, "the afternoon only"},
		{"ch-ge", []string{"Fronleichnam"}, table, "not in Geneva"},
		{"ch-ge", []string{"Jeûne Genevois", "Restoration of the Republic"}, table, "loi sur les jours fériés, art. 1"},
		{"ch-gl", []string{"Näfelser Fahrt"}, table, "Ruhetagsgesetz: first Thursday of April, a week later in Holy Week"},
		{"ch-gl", []string{"Christmas Eve", "New Year's Eve"}, open, "the data has them; the cantonal law is not at hand"},
		{"ch-gr", []string{
			"Heilige Drei Könige", "Josefstag", "Karfreitag", "Fronleichnam", "Mariä Himmelfahrt", "Allerheiligen", "Mariä Empfängnis",
		}, open, "in Grisons these are up to the communes; Good Friday in the Protestant ones"},
		{"ch-ju", []string{"Jura Plebiscite"}, table, "23 June"},
		{"ch-lu", []string{"Josefstag"}, table, "in a few communes only"},
		{"ch-ne", []string{"Instauration de la République"}, table, "1 March"},
		{"ch-ne", []string{"Easter Monday"}, open, "kept, but not in the cantonal law's list"},
		{"ch-ow", []string{"Saint Nicholas of Flüe"}, table, "25 September"},
		{"ch-so", []string{"Pfingstmontag", "Zweiter Weihnachtsfeiertag", "Tag der Arbeit"}, table,
			"no rest days in the cantonal law; 1 May from noon"},
		{"ch-ti", []string{"Saints Peter and Paul"}, table, "29 June"},
		{"ch-ur", []string{"Zweiter Weihnachtsfeiertag"}, open, "not every year in Uri; that of 2025 is in doubt"},
		{"ch-vd", []string{"Monday after Federal Day of Thanksgiving, Repentance and Prayer"}, table, "lundi du Jeûne fédéral"},
		{"ch-vs", []string{"Whit Monday"}, open, "kept, but not in the cantonal law's list"},
		{"ch-zg", []string{"Assumption", "Corpus Christi", "Immaculate Conception"}, table, "Ruhetagsgesetz"},
		{"ch-zg", []string{"Ostermontag", "Pfingstmontag", "Zweiter Weihnachtsfeiertag"}, table, "kept, but no rest days in the cantonal law"},
	}
}
