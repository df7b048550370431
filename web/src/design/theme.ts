import {
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core'

/** Mantine wants ten shades; ours is one token that switches with the theme. */
const ramp = (name: string) => Array(10).fill(`var(--st-${name})`) as unknown as MantineColorsTuple
const token = (name: string) => `var(--st-${name})`

const hues = ['act', 'crit', 'warn', 'hold']

const variantColorResolver: VariantColorsResolver = (input) => {
  const base = defaultVariantColorsResolver(input)
  const hue = input.color ?? (input.variant === 'filled' || input.variant === 'subtle' ? 'act' : '')
  if (!hues.includes(hue) || input.variant === 'default') return base
  const text = hue === 'act' ? token(hue) : token(`${hue}-text`)
  if (input.variant === 'filled')
    return {
      background: token(hue),
      hover: hue === 'act' ? token('act-hover') : token(hue),
      color: token(`on-${hue}`),
      border: `1px solid ${token(hue)}`,
    }
  if (input.variant === 'light')
    return {
      background: token(`${hue}-soft`),
      hover: token(`${hue}-soft`),
      color: text,
      border: `1px solid ${token(`${hue}-line`)}`,
    }
  // The library makes its own hover of the ramp, which is one colour here: the text would vanish in it.
  return { ...base, hover: token(`${hue}-soft`), color: text }
}

export const theme = createTheme({
  primaryColor: 'act',
  colors: { act: ramp('act'), crit: ramp('crit'), warn: ramp('warn'), hold: ramp('hold') },
  fontFamily: '"Inter Variable", Inter, system-ui, sans-serif',
  fontWeights: { regular: '400', medium: '500', bold: '600' },
  fontSizes: {
    xs: token('label'),
    sm: token('body'),
    md: token('strong'),
    lg: token('title'),
    xl: token('value'),
  },
  spacing: { xs: token('s1'), sm: token('s2'), md: token('s4'), lg: token('s5'), xl: token('s6') },
  radius: { xs: token('r1'), sm: token('r2'), md: token('r3') },
  defaultRadius: 'sm',
  focusRing: 'never', // base.css draws the one ring
  respectReducedMotion: true,
  cursorType: 'pointer',
  variantColorResolver,
  components: {
    Button: {
      defaultProps: { variant: 'default' },
      styles: {
        // A link that looks like a button is laid out as one: label and icon in the middle of its height.
        root: {
          display: 'inline-flex',
          alignItems: 'center',
          justifyContent: 'center',
          textDecoration: 'none',
          height: 'auto',
          minHeight: token('target'),
          paddingInline: token('s3'),
          fontWeight: 500,
        },
        label: { fontSize: token('body'), lineHeight: 1.4, whiteSpace: 'nowrap' },
      },
    },
    // A field is as high as anything that is touched here: 36 px at a desk, 56 px at a terminal.
    Input: { vars: () => ({ wrapper: { '--input-height': token('target'), '--input-fz': token('body') } }) },
    InputWrapper: {
      styles: {
        label: { fontSize: token('body') },
        description: { fontSize: token('small') },
        error: { fontSize: token('small') },
      },
    },
    ActionIcon: { defaultProps: { variant: 'subtle', size: token('target'), color: 'gray' } },
    Table: { defaultProps: { verticalSpacing: 0, horizontalSpacing: 'sm', withRowBorders: true } },
    Badge: { defaultProps: { radius: 'xs', tt: 'none' } },
    Modal: {
      defaultProps: {
        // A dialogue's head is no banner of the page.
        attributes: { header: { role: 'presentation' } },
        shadow: token('shadow-2'),
        radius: 'md',
        transitionProps: { duration: 0 },
        padding: 'lg',
        size: 640,
      },
      styles: {
        title: { fontSize: token('title'), fontWeight: 600, color: token('ink') },
        content: { background: token('raised') },
        header: { background: token('raised') },
      },
    },
    Drawer: {
      defaultProps: {
        attributes: { header: { role: 'presentation' } }, // as of a dialogue
        shadow: token('shadow-2'),
        transitionProps: { duration: 0 },
      },
      styles: { content: { background: token('raised') }, header: { background: token('raised') } },
    },
    Tooltip: { defaultProps: { transitionProps: { duration: 0 } } },
    Select: { defaultProps: { checkIconPosition: 'right', allowDeselect: false } },
  },
})

/** Mantine's own variables, mapped once; the tokens themselves switch between light and dark. */
export const cssVariables: CSSVariablesResolver = () => {
  const variables = {
    '--mantine-color-body': token('bg'),
    '--mantine-color-text': token('ink-2'),
    '--mantine-color-bright': token('ink'),
    '--mantine-color-dimmed': token('ink-3'),
    '--mantine-color-placeholder': token('ink-3'),
    '--mantine-color-default': token('raised'),
    '--mantine-color-default-hover': token('surface'),
    '--mantine-color-default-color': token('ink'),
    '--mantine-color-default-border': token('line-strong'),
    '--mantine-color-error': token('crit-text'),
    '--mantine-color-anchor': token('act'),
    '--mantine-color-disabled': token('sunken'),
    '--mantine-color-disabled-color': token('ink-3'),
    '--mantine-color-gray-light-color': token('ink-2'),
    '--mantine-color-gray-light-hover': token('sunken'),
    '--mantine-primary-color-filled': token('act'),
    '--mantine-primary-color-filled-hover': token('act-hover'),
    '--mantine-primary-color-contrast': token('on-act'),
  }
  // Edges and grounds that the library takes from its own greys, by theme.
  const light = { ...variables, '--mantine-color-gray-4': token('line-strong') }
  const dark = {
    ...variables,
    '--mantine-color-dark-4': token('line-strong'),
    '--mantine-color-dark-5': token('surface'),
    '--mantine-color-dark-6': token('raised'),
  }
  return { variables: {}, light, dark }
}
