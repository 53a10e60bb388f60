declare module "wink-sentiment" {
  export default function (text: string): { readonly normalizedScore: number };
}
