package scheduler

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Public holidays that fall on Monday to Friday, written down from the official
// lists, not from the table. Where a list leaves a choice, the decision is named.
func TestHolidaysAgainstOfficialLists(t *testing.T) {
	tests := []struct {
		region Region
		source string
		year   int
		want   string
	}{
		{"us", "US Office of Personnel Management, Federal Holidays", 2026,
			"01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25"},
		{"us", "US Office of Personnel Management, Federal Holidays; 31 December is New Year's Day 2028", 2027,
			"01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31"},

		{"ca-on", "Ontario, Your guide to the Employment Standards Act: public holidays; none is moved by law", 2026,
			"01-01 02-16 04-03 05-18 07-01 09-07 10-12 12-25"},
		{"ca-on", "Ontario, Your guide to the Employment Standards Act: public holidays", 2027,
			"01-01 02-15 03-26 05-24 07-01 09-06 10-11"},
		{"ca-qc", "Quebec, CNESST: statutory holidays; of Good Friday and Easter Monday, the Friday", 2026,
			"01-01 04-03 05-18 06-24 07-01 09-07 10-12 12-25"},
		{"ca-qc", "Quebec, CNESST: statutory holidays; of Good Friday and Easter Monday, the Friday", 2027,
			"01-01 03-26 05-24 06-24 07-01 09-06 10-11"},

		{"gb-eng", "GOV.UK, UK bank holidays: England and Wales", 2026,
			"01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"},
		{"gb-eng", "GOV.UK, UK bank holidays: England and Wales", 2027,
			"01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"},
		{"gb-sct", "GOV.UK, UK bank holidays: Scotland; Royal Proclamation of 4 February 2026 for 15 June", 2026,
			"01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28"},
		{"gb-sct", "GOV.UK, UK bank holidays: Scotland", 2027,
			"01-01 01-04 03-26 05-03 05-31 08-02 11-30 12-27 12-28"},
		{"ie", "Organisation of Working Time Act 1997, second schedule; none is moved by law", 2026,
			"01-01 02-02 03-17 04-06 05-04 06-01 08-03 10-26 12-25"},
		{"ie", "Organisation of Working Time Act 1997, second schedule", 2027,
			"01-01 02-01 03-17 03-29 05-03 06-07 08-02 10-25"},

		{"de-by", "Bayerisches Feiertagsgesetz, Art. 1; 15 August, in Catholic communities only, is de-by-kath", 2026,
			"01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 12-25"},
		{"de-by", "Bayerisches Feiertagsgesetz, Art. 1", 2027,
			"01-01 01-06 03-26 03-29 05-06 05-17 05-27 11-01"},
		{"de-be", "Berlin, Gesetz über die Sonn- und Feiertage, § 1", 2026,
			"01-01 04-03 04-06 05-01 05-14 05-25 12-25"},
		{"de-be", "Berlin, Gesetz über die Sonn- und Feiertage, § 1", 2027,
			"01-01 03-08 03-26 03-29 05-06 05-17"},
		{"fr", "Code du travail, article L3133-1", 2026,
			"01-01 04-06 05-01 05-08 05-14 05-25 07-14 11-11 12-25"},
		{"fr", "Code du travail, article L3133-1", 2027,
			"01-01 03-29 05-06 05-17 07-14 11-01 11-11"},
		{"nl", "Rijksoverheid, Officiële feestdagen; Good Friday and 5 May are days off by agreement only", 2026,
			"01-01 04-06 04-27 05-14 05-25 12-25"},
		{"nl", "Rijksoverheid, Officiële feestdagen", 2027,
			"01-01 03-29 04-27 05-06 05-17"},
		{"be", "FOD Werkgelegenheid, Arbeid en Sociaal Overleg: de tien wettelijke feestdagen", 2026,
			"01-01 04-06 05-01 05-14 05-25 07-21 11-11 12-25"},
		{"be", "FOD Werkgelegenheid, Arbeid en Sociaal Overleg: de tien wettelijke feestdagen", 2027,
			"01-01 03-29 05-06 05-17 07-21 11-01 11-11"},
		{"at", "Arbeitsruhegesetz, § 7", 2026,
			"01-01 01-06 04-06 05-01 05-14 05-25 06-04 10-26 12-08 12-25"},
		{"at", "Arbeitsruhegesetz, § 7", 2027,
			"01-01 01-06 03-29 05-06 05-17 05-27 10-26 11-01 12-08"},
		{"ch-zh", "Kanton Zürich, Ruhetags- und Ladenöffnungsgesetz, § 1", 2026,
			"01-01 04-03 04-06 05-01 05-14 05-25 12-25"},
		{"ch-zh", "Kanton Zürich, Ruhetags- und Ladenöffnungsgesetz, § 1", 2027,
			"01-01 03-26 03-29 05-06 05-17"},

		{"it", "Legge 260/1949, art. 2, with legge 151/2025: San Francesco from 2026, a Sunday that year", 2026,
			"01-01 01-06 04-06 05-01 06-02 12-08 12-25"},
		{"it", "Legge 260/1949, art. 2, with legge 151/2025", 2027,
			"01-01 01-06 03-29 06-02 10-04 11-01 12-08"},
		{"es-md", "BOE, relación de fiestas laborales para 2026: Comunidad de Madrid", 2026,
			"01-01 01-06 04-02 04-03 05-01 10-12 11-02 12-07 12-08 12-25"},
		{"pt", "Código do Trabalho, artigo 234.º; Carnival is optional", 2026,
			"01-01 04-03 05-01 06-04 06-10 10-05 12-01 12-08 12-25"},
		{"pt", "Código do Trabalho, artigo 234.º", 2027,
			"01-01 03-26 05-27 06-10 10-05 11-01 12-01 12-08"},
		{"se", "Lag (1989:253) om allmänna helgdagar; the eves are days off by agreement only", 2026,
			"01-01 01-06 04-03 04-06 05-01 05-14 12-25"},
		{"se", "Lag (1989:253) om allmänna helgdagar", 2027,
			"01-01 01-06 03-26 03-29 05-06"},
		{"no", "Lov om helligdager og helligdagsfred, and lov om 1 og 17 mai", 2026,
			"01-01 04-02 04-03 04-06 05-01 05-14 05-25 12-25"},
		{"no", "Lov om helligdager og helligdagsfred, and lov om 1 og 17 mai", 2027,
			"01-01 03-25 03-26 03-29 05-06 05-17"},
		{"dk", "Kirkeministeriet, helligdage; store bededag ended in 2023, 5 June is none", 2026,
			"01-01 04-02 04-03 04-06 05-14 05-25 12-25"},
		{"dk", "Kirkeministeriet, helligdage", 2027,
			"01-01 03-25 03-26 03-29 05-06 05-17"},
		{"fi", "Kirkkolaki 652/2023, 3 luku, and the acts on 1 May and 6 December; the eves are days off by agreement only", 2026,
			"01-01 01-06 04-03 04-06 05-01 05-14 12-25"},
		{"fi", "Kirkkolaki 652/2023, 3 luku, and the acts on 1 May and 6 December", 2027,
			"01-01 01-06 03-26 03-29 05-06 12-06"},
		{"pl", "Ustawa o dniach wolnych od pracy, art. 1; Christmas Eve from 2025", 2026,
			"01-01 01-06 04-06 05-01 06-04 11-11 12-24 12-25"},
		{"pl", "Ustawa o dniach wolnych od pracy, art. 1", 2027,
			"01-01 01-06 03-29 05-03 05-27 11-01 11-11 12-24"},
		{"cz", "Zákon č. 245/2000 Sb., § 1 and 2", 2026,
			"01-01 04-03 04-06 05-01 05-08 07-06 09-28 10-28 11-17 12-24 12-25"},
		{"cz", "Zákon č. 245/2000 Sb., § 1 and 2", 2027,
			"01-01 03-26 03-29 07-05 07-06 09-28 10-28 11-17 12-24"},

		{"au-nsw", "NSW Government, Public holidays; additional Anzac Day holidays of 2026 and 2027", 2026,
			"01-01 01-26 04-03 04-06 04-27 06-08 10-05 12-25 12-28"},
		{"au-nsw", "NSW Government, Public holidays; additional Anzac Day holidays of 2026 and 2027", 2027,
			"01-01 01-26 03-26 03-29 04-26 06-14 10-04 12-27 12-28"},
		{"nz", "Employment New Zealand, Public holidays and anniversary dates", 2026,
			"01-01 01-02 02-06 04-03 04-06 04-27 06-01 07-10 10-26 12-25 12-28"},
		{"nz", "Employment New Zealand, Public holidays and anniversary dates", 2027,
			"01-01 01-04 02-08 03-26 03-29 04-26 06-07 06-25 10-25 12-27 12-28"},
		{"in", "DoPT, Holidays in Central Government offices 2026, all 17 gazetted days at Delhi, and 14 April (notification of 2021)", 2026,
			"01-26 03-04 03-26 03-31 04-03 04-14 05-01 05-27 06-26 08-26 09-04 10-02 10-20 11-24 12-25"},
		{"sg", "Ministry of Manpower, Public holidays; a Sunday's is on Monday", 2026,
			"01-01 02-17 02-18 04-03 05-01 05-27 06-01 08-10 11-09 12-25"},
		{"jp", "Cabinet Office, National holidays", 2026,
			"01-01 01-12 02-11 02-23 03-20 04-29 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23"},
		{"jp", "Cabinet Office, National holidays", 2027,
			"01-01 01-11 02-11 02-23 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 11-03 11-23"},
		{"jp", "Act on National Holidays, art. 3(3): 21 September between two holidays", 2032,
			"01-01 01-12 02-11 02-23 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-21 09-22 10-11 11-03 11-23"},
		{"br", "Lei 662/1949, 6.802/1980, 14.759/2023, Good Friday; carnival and Corpus Christi are optional (pontos facultativos)", 2026,
			"01-01 04-03 04-21 05-01 09-07 10-12 11-02 11-20 12-25"},
		{"br", "Lei 662/1949, 6.802/1980, 14.759/2023, Good Friday", 2027,
			"01-01 03-26 04-21 09-07 10-12 11-02 11-15"},
		{"mx", "Ley Federal del Trabajo, artículo 74", 2026,
			"01-01 02-02 03-16 05-01 09-16 11-16 12-25"},
		{"mx", "Ley Federal del Trabajo, artículo 74", 2027,
			"01-01 02-01 03-15 09-16 11-15"},
		{"mx", "Ley Federal del Trabajo, artículo 74: 1 October when the government changes", 2030,
			"01-01 02-04 03-18 05-01 09-16 10-01 11-18 12-25"},
		{"za", "Public Holidays Act 36 of 1994, schedule 1 and section 2(1); election days are proclaimed one by one", 2026,
			"01-01 04-03 04-06 04-27 05-01 06-16 08-10 09-24 12-16 12-25"},
		{"za", "Public Holidays Act 36 of 1994, schedule 1 and section 2(1)", 2027,
			"01-01 03-22 03-26 03-29 04-27 06-16 08-09 09-24 12-16 12-27"},
	}
	for _, test := range tests {
		t.Run(string(test.region)+" "+test.source, func(t *testing.T) {
			var got []string
			for _, d := range holidaysIn(test.region.Holidays(), test.year) {
				if isWeekday(d) {
					got = append(got, d.Wall().Format("01-02"))
				}
			}
			if diff := cmp.Diff(strings.Fields(test.want), got); diff != "" {
				t.Errorf("%s in %d (-official +table):\n%s", test.region, test.year, diff)
			}
		})
	}
}
