import globals from 'globals'
import hooks from 'eslint-plugin-react-hooks'
import ts from 'typescript-eslint'

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/api/schema.d.ts'] },
  ...ts.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}'],
    languageOptions: { globals: globals.browser },
    plugins: { 'react-hooks': hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', 300],
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.name='parseFloat']",
          message:
            'Quantities are exact decimal strings; only drawing may turn one into a number (see value/decimal.ts).',
        },
        {
          selector: 'JSXText[value=/[A-Za-z]{2}/]',
          message: 'Words come from the catalogue: t("…").',
        },
      ],
    },
  },
  { files: ['src/**/*.test.{ts,tsx}'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['scripts/**', 'e2e/**', '*.js'],
    languageOptions: { globals: { ...globals.node, document: 'readonly', getComputedStyle: 'readonly' } },
  },
)
