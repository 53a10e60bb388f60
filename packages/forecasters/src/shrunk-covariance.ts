import type { Matrix } from "@sage-twin/numerics";

const tiny = 2e-8;

/**
 * The covariance of series, its correlations shrunk towards 0 by the share that minimises the expected squared error (Schaefer and Strimmer 2005, as in Wickramasuriya et al. 2019).
 * `residuals` are equally long series without missing values.
 */
export function shrunkCovariance(residuals: readonly Float64Array[]): Matrix {
  const size = residuals.length;
  const count = residuals[0].length;
  const centred = residuals.map((series) => {
    const mean = series.reduce((sum, value) => sum + value, 0) / count;
    return series.map((value) => value - mean);
  });
  const deviations = centred.map((series) => Math.sqrt(series.reduce((sum, value) => sum + value * value, 0) / count));
  const covariance = new Float64Array(size * size);
  let variances = 0;
  let squares = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const [a, b] = [centred[i], centred[j]];
      let shared = 0;
      for (let t = 0; t < count; t++) shared += a[t] * b[t];
      covariance[i * size + j] = shared / (count - 1);
      covariance[j * size + i] = shared / (count - 1);
      if (i === j) continue;
      const unit = 1 / ((deviations[i] + tiny) * (deviations[j] + tiny));
      const correlation = (shared / count) * unit;
      squares += correlation * correlation;
      for (let t = 0; t < count; t++) {
        const away = a[t] * b[t] * unit - correlation;
        variances += away * away;
      }
    }
  }
  const shrink = squares > 0 ? Math.max(0, Math.min(1, variances / (count * (count - 1)) / (squares + tiny))) : 1;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      if (i === j) covariance[i * size + i] = Math.max(covariance[i * size + i], tiny);
      else covariance[i * size + j] *= 1 - shrink;
    }
  }
  return covariance;
}
