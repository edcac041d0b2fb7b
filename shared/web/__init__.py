"""The one face of the five services: page shell, sign-in, problem details, languages, times and words."""
