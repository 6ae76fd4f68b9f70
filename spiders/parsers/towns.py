"""Towns and countries of two words and more that stand behind reporters' names.

One word after a name and a comma is taken for a town anyway; two words look like another person.
"""

# ruff: noqa: E501  (a list of names is read whole)

TOWNS = frozenset(
    name.strip()
    for name in """
    Abu Dhabi, Addis Ababa, Buenos Aires, Cape Town, Ciudad de México, Costa Rica, Den Haag, El Salvador, Frankfurt am Main,
    Ho Chi Minh City, Hong Kong, Kuala Lumpur, Las Vegas, Los Angeles, Mexico City, New Delhi, New Orleans, New York,
    New Zealand, North Korea, Nueva Delhi, Nueva York, Phnom Penh, Port of Spain, Rio de Janeiro, San Diego, San Francisco,
    San José, San Salvador, Santiago de Chile, São Paulo, Saudi Arabia, South Africa, South Korea, Sri Lanka, St Petersburg,
    St. Petersburg, Tel Aviv, The Hague, United Kingdom, United States, Washington DC, Washington D.C.
    """.casefold().split(",")
)
