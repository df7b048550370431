import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import { de, en, type Key } from './catalogue'

export type { Key } from './catalogue'

export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

/** Values put into a text. Numbers are counts; quantities come already written (value/decimal.ts). */
export type Values = Record<string, string | number | undefined>

/** A text of the catalogue. A key that does not exist does not compile. */
export type Translate = (key: Key, values?: Values) => string

const storageKey = 'st.language'

function startLanguage(): Language {
  const kept = localStorage.getItem(storageKey) ?? navigator.language.slice(0, 2)
  return kept === 'de' ? 'de' : 'en'
}

void i18next.use(initReactI18next).init({
  lng: startLanguage(),
  fallbackLng: 'en',
  resources: { en: { translation: en }, de: { translation: de } },
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false }, // React escapes
  initAsync: false,
})
document.documentElement.lang = i18next.language

/** The texts outside a component, in the language of the moment. */
export const translate: Translate = (key, values) => i18next.t(key, values ?? {})

export function useT(): Translate {
  const { t } = useTranslation()
  return t as unknown as Translate
}

export function useLanguage(): Language {
  return useTranslation().i18n.language === 'de' ? 'de' : 'en'
}

export const currentLanguage = (): Language => (i18next.language === 'de' ? 'de' : 'en')

export function setLanguage(language: Language) {
  localStorage.setItem(storageKey, language)
  document.documentElement.lang = language
  void i18next.changeLanguage(language)
}

/** The locale for dates and numbers: en-GB writes CET where en-US would write GMT+1. */
export const localeOf = (language: Language) => (language === 'de' ? 'de-DE' : 'en-GB')
