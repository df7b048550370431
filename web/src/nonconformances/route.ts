import { createLazyRoute } from '@tanstack/react-router'
import { DefectCodesPage } from './DefectCodesPage'
import { NonconformancePage } from './NonconformancePage'
import { NonconformancesPage } from './NonconformancesPage'

export const nonconformances = createLazyRoute('/shell/nonconformances')({ component: NonconformancesPage })
export const nonconformance = createLazyRoute('/shell/nonconformances/$id')({ component: NonconformancePage })
export const defectCodes = createLazyRoute('/shell/defect-codes')({ component: DefectCodesPage })
