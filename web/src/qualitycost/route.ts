import { createLazyRoute } from '@tanstack/react-router'
import { QualityCostPage } from './QualityCostPage'

export const qualityCost = createLazyRoute('/shell/quality-cost')({ component: QualityCostPage })
