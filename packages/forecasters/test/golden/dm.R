# Reference values for the Diebold-Mariano test: R's forecast package. Usage: Rscript dm.R > dm.json
suppressMessages(library(forecast))
set.seed(5)
cases <- list()
for (case in list(c(1, 2), c(3, 2), c(4, 1))) {
  h <- case[1]; power <- case[2]
  e1 <- round(as.numeric(arima.sim(list(ma = rep(0.5, max(1, h - 1))), 30)), 4)
  e2 <- round(as.numeric(arima.sim(list(ma = rep(0.4, max(1, h - 1))), 30)) * 1.4 + 0.2, 4)
  test <- dm.test(e1, e2, h = h, power = power)
  cases[[length(cases) + 1]] <- sprintf('{"h": %d, "power": %d, "first": [%s], "second": [%s], "statistic": %.15g, "p": %.15g}',
    h, power, paste(e1, collapse = ", "), paste(e2, collapse = ", "), unname(test$statistic), test$p.value)
}
cat(sprintf('{"version": "forecast %s", "cases": [%s]}\n', packageVersion("forecast"), paste(cases, collapse = ", ")))
