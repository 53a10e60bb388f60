/** A published work that a size is taken from. The page was opened and its figure read there. */
export interface Work {
  readonly authors: string;
  readonly year: number;
  readonly title: string;
  /** Journal, volume and pages, or the publisher. */
  readonly publication: string;
  readonly doi?: string;
  /** The page that was read. */
  readonly page: string;
  /** Where on it the figure stands. */
  readonly where: string;
  /** Who or what was studied. */
  readonly population: string;
  /** The figure as the work gives it. */
  readonly figure: string;
}

export const works: Readonly<Record<string, Work>> = {
  bijmolt2005: {
    authors: "Bijmolt, van Heerde and Pieters",
    year: 2005,
    title: "New Empirical Generalizations on the Determinants of Price Elasticity",
    publication: "Journal of Marketing Research 42",
    page: "https://studylib.net/doc/8861132/new-empirical-generalizations-on-the-determinants-of-price",
    where: "abstract of the authors' manuscript of August 5, 2004",
    population: "1,851 price elasticities of brands, from 81 studies",
    figure: "mean elasticity -2.62",
  },
  auer2019: {
    authors: "Auer and Papies",
    year: 2019,
    title: "Cross-price elasticities and their determinants: a meta-analysis and new empirical generalizations",
    publication: "Journal of the Academy of Marketing Science",
    doi: "10.1007/s11747-019-00642-0",
    page: "https://link.springer.com/article/10.1007/s11747-019-00642-0",
    where: "abstract",
    population: "7,264 cross-price elasticities from 115 studies",
    figure: "median .10, mean .26",
  },
  sethuraman2011: {
    authors: "Sethuraman, Tellis and Briesch",
    year: 2011,
    title: "How Well Does Advertising Work? Generalizations from Meta-Analysis of Brand Advertising Elasticities",
    publication: "Journal of Marketing Research",
    page: "http://www.imresearchcenter.com/docs/how-well-does-advertising-work-generalizations-meta-analysis-brand-advertising-elasticities",
    where: "abstract",
    population: "751 short-term and 402 long-term elasticities of brands, from 56 studies published 1960 to 2008",
    figure: "mean .12 in the short term, .24 in the long term",
  },
  you2015: {
    authors: "You, Vadakkepatt and Joshi",
    year: 2015,
    title: "A Meta-Analysis of Electronic Word-of-Mouth Elasticity",
    publication: "Journal of Marketing",
    page: "http://www.msi.org/articles/ewom-and-product-sales/",
    where: "summary by the Marketing Science Institute; also the article's abstract",
    population: "339 elasticities of sales to the volume of word of mouth online, from 51 studies",
    figure: "mean .236",
  },
  luca2011: {
    authors: "Luca",
    year: 2011,
    title: "Reviews, Reputation, and Revenue: The Case of Yelp.com",
    publication: "Harvard Business School",
    page: "http://www.hbs.edu/faculty/Pages/item.aspx?research=7563",
    where: "research summary",
    population: "independent restaurants, Seattle, 2003 to 2009",
    figure: "5 to 9 % more revenue for one star more",
  },
  oblander2024: {
    authors: "Oblander and Jerath",
    year: 2024,
    title: "The Non-Linear Impact of Delivery Time on Online Purchasing",
    publication: "SSRN 4959549",
    page: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=4959549",
    where: "abstract",
    population: "44,991 quotes of a shop for laboratory equipment to research institutions",
    figure: "1.98 % more demand for one day less",
  },
  gupta2004: {
    authors: "Gupta, Lehmann and Stuart",
    year: 2004,
    title: "Valuing Customers",
    publication: "Journal of Marketing Research, February 2004, 7-18",
    doi: "10.2139/ssrn.459595",
    page: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=459595",
    where: "abstract",
    population: "five firms, from what they publish",
    figure: "1 % better retention, margin or acquisition cost: 5, 1 or .1 % more value",
  },
  moon2022: {
    authors: "Moon, Loyalka, Bergemann and Cohen",
    year: 2022,
    title: "The Hidden Cost of Worker Turnover: Attributing Product Reliability to the Turnover of Factory Workers",
    publication: "Management Science 68(5), 3755-3767",
    doi: "10.1287/mnsc.2022.4311",
    page: "https://ideas.repec.org/a/inm/ormnsc/v68y2022i5p3755-3767.html",
    where: "abstract",
    population: "nearly 50 million mobile devices of one maker, by assembly line and week",
    figure: ".74 to .79 % more field failures for a percentage point of weekly turnover",
  },
  emanuel2020: {
    authors: "Emanuel and Harrington",
    year: 2020,
    title: "The Payoffs of Higher Pay: Elasticities of Productivity and Labor Supply with Respect to Wages",
    publication: "Harvard University, working paper",
    page: "https://scholar.harvard.edu/eharrington/publications/payoffs-higher-pay-elasticities-productivity-and-labor-supply-respect-wages",
    where: "abstract, as of December 28, 2020",
    population: "warehouse and call-center workers of one large retailer",
    figure: "turnover -3.0 to -4.5, recruitment 3.2 to 4.2",
  },
  dearden2006: {
    authors: "Dearden, Reed and Van Reenen",
    year: 2006,
    title: "The Impact of Training on Productivity and Wages: Evidence from British Panel Data",
    publication: "Oxford Bulletin of Economics and Statistics 68(4), 397-421",
    doi: "10.1111/j.1468-0084.2006.00170.x",
    page: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=920949",
    where: "abstract",
    population: "British industries, 1983 to 1996",
    figure: "about .6 % more value added per hour for a percentage point more trained",
  },
  boushey2012: {
    authors: "Boushey and Glynn",
    year: 2012,
    title: "There Are Significant Business Costs to Replacing Employees",
    publication: "Center for American Progress, November 16, 2012",
    page: "https://paperzz.com/doc/8637574/there-are-significant-business-costs-to-replacing-employees",
    where: "first page",
    population: "27 case studies, all positions but executives and physicians",
    figure: "median cost of turnover 21 % of annual salary",
  },
};
