"""The seed of currencies: how many decimals an amount of each has, as ISO 4217 says."""

import pycountry

HEAD = "currency,digits"
# ISO 4217, list one, column "minor unit"; every other currency has two.
DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
# Metals, units of account of banks, and codes for tests: the list gives them no minor unit.
NONE = "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"


def currencies() -> dict[str, str]:
    """Return the path in the repository and the text of the seed, a row a currency, by code."""
    digits = {code: number for number, codes in DIGITS.items() for code in codes.split()}
    codes = {currency.alpha_3 for currency in pycountry.currencies} - set(NONE.split())
    rows = [f"{code},{digits.get(code, 2)}" for code in sorted(codes)]
    return {"dbt_package/seeds/currencies.csv": "\n".join([HEAD, *rows]) + "\n"}
