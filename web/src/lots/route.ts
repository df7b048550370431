import { createLazyRoute } from '@tanstack/react-router'
import { LotPage } from './LotPage'
import { LotsPage } from './LotsPage'

export const lots = createLazyRoute('/shell/lots')({ component: LotsPage })
export const lot = createLazyRoute('/shell/lots/$lot')({ component: LotPage })
