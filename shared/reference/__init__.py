"""The Netherlands of 2021 as data: regions, municipalities, places, postcodes; and districts next door."""
