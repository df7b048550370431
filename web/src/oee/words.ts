import { useLanguage, useT, type Key } from '../i18n/i18n'
import type { Category, Loss, LossEvent, Step } from './figure'

/** A loss as people read it: the reason where there is one, else the kind. */
export function useLossWord() {
  const t = useT()
  const language = useLanguage()
  return (loss: Pick<Loss, 'kind' | 'reason' | 'names' | 'by'> | Pick<LossEvent, 'kind' | 'reason' | 'names'>) => {
    if (loss.reason) return loss.names?.[language] || loss.names?.en || loss.reason
    const by = 'by' in loss ? loss.by : undefined
    if (by && loss.kind === 'blocked') return t('oee.loss.blocked_by', { by })
    if (by && loss.kind === 'starved') return t('oee.loss.starved_by', { by })
    return t(`oee.loss.${loss.kind}` as Key)
  }
}

export function useCategoryWord() {
  const t = useT()
  return (category: Category) => t(`oee.category.${category}`)
}

export function useStepWord() {
  const t = useT()
  return (key: Step['key']) => t(`oee.step.${key}`)
}
