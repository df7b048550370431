import { createLazyRoute } from '@tanstack/react-router'
import { OrderRecordPage } from './OrderRecordPage'
import { RecordsPage } from './RecordsPage'

export const records = createLazyRoute('/shell/records')({ component: RecordsPage })
export const orderRecord = createLazyRoute('/shell/orders/$number/record')({ component: OrderRecordPage })
