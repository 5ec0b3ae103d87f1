#!/usr/bin/env Rscript
# Writes the reference cases of test/vectors/detect: `Rscript vectors.R OUT`. Series are drawn here from a seed; none is real.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "case.R"))
out <- commandArgs(TRUE)[1]
dir.create(out, showWarnings = FALSE, recursive = TRUE)

RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20130915)
wave <- function(n, freq, level, height) level * exp(height * cos(2 * pi * seq_len(n) / freq))
seasonal <- rnbinom(340, mu = wave(340, 52, 9, 0.6) * seq(1, 1.5, length.out = 340), size = 6)
seasonal[c(120, 121, 230)] <- seasonal[c(120, 121, 230)] + c(30, 22, 40)
seasonal[c(331, 332)] <- seasonal[c(331, 332)] + c(25, 31)
sparse <- rpois(340, 0.4)
sparse[336] <- 5
gaps <- replace(seasonal, c(40:44, 96, 150, 205:206, 290, 333), NA)
large <- rnbinom(340, mu = wave(340, 52, 5e4, 0.3), size = 40)
monthly <- rnbinom(132, mu = wave(132, 12, 20, 0.5), size = 8)
daily <- rpois(1150, wave(1150, 365, 4, 0.4))
people <- round(seq(8e5, 1.1e6, length.out = 340))
exposed <- rpois(340, wave(340, 52, 1.2e-5, 0.4) * people)

data <- list(
  weeks = series(seasonal), # no dates: seasons are found by counting 52 weeks
  dated = series(seasonal, "2014-12-29"), # ISO weeks, the last of 2015 and 2020 is number 53
  sundays = series(seasonal, "2013-12-29"), # MMWR weeks
  thursdays = series(seasonal, "2015-01-01"),
  sparse = series(sparse),
  sparseDated = series(sparse, "2015-01-05"),
  gaps = series(gaps, "2015-01-05"),
  gapsWeeks = series(gaps),
  large = series(large, "2015-01-05"),
  monthly = series(monthly, "2010-01-01", 12),
  monthlyIndex = series(monthly, NULL, 12),
  daily = series(daily, "2015-02-20", 365), # through 29 February 2016
  zero = series(rep(0, 340)),
  constant = series(rep(5, 340), "2015-01-05"),
  short = series(seasonal[1:30]),
  fourth = series(seasonal, phase = c(2001, 4)),
  exposed = series(exposed, "2015-01-05", population = people))

written <- 0
case <- function(name, algorithm, from, range, ...) {
  id <- paste0(algorithm, "__", name)
  text <- make_case(id, algorithm, data[[from]], c(list(...), list(range = range)))
  if (inherits(text, "refused")) stop(id, ": ", text$reason)
  cat(text, file = file.path(out, paste0(id, ".json")))
  written <<- written + 1
}
last <- function(n, to = 340) (to - n + 1):to

for (m in c("C1", "C2", "C3")) {
  case(paste0(m, "-standard"), "earsC", "weeks", 320:340, method = m)
  case(paste0(m, "-long-baseline"), "earsC", "gaps", 300:340, method = m, baseline = 14, alpha = 0.01)
  case(paste0(m, "-least-sigma"), "earsC", "sparse", 320:340, method = m, minSigma = 0.5, alpha = 0.005)
  case(paste0(m, "-short"), "earsC", "short", 15:30, method = m, baseline = 10)
}
case("C2-large", "earsC", "large", 320:340, method = "C2")
case("C3-zero", "earsC", "zero", 330:340, method = "C3")

case("one", "bayes", "weeks", 320:340, b = 0, w = 6, actY = TRUE, alpha = 0.05)
case("two-gaps", "bayes", "gaps", 320:340, b = 1, w = 6, actY = TRUE, alpha = 0.01)
case("three-large", "bayes", "large", 320:340, b = 2, w = 4, actY = FALSE, alpha = 0.001)
case("monthly", "bayes", "monthly", 100:132, b = 3, w = 2, actY = TRUE, alpha = 0.05)
case("one", "rki", "weeks", 320:340, b = 0, w = 6, actY = TRUE)
case("two-large", "rki", "large", 320:340, b = 1, w = 6, actY = TRUE)
case("three", "rki", "dated", 320:340, b = 2, w = 4, actY = FALSE)
case("standard", "cdc", "weeks", last(20), b = 5, m = 1, alpha = 0.025)
case("wide-gaps", "cdc", "gaps", last(40), b = 3, m = 2, alpha = 0.05)

case("standard", "farrington", "weeks", last(20), b = 5, w = 3, alpha = 0.01)
case("dated-week-53", "farrington", "dated", last(40), b = 5, w = 3, alpha = 0.05)
case("sundays-roots", "farrington", "sundays", last(30), b = 4, w = 4, alpha = 0.05, powertrans = "1/2")
case("sparse-two-years", "farrington", "sparseDated", last(20), b = 2, w = 3, limit54 = c(3, 3))
case("no-weights-no-trend", "farrington", "large", last(15), b = 5, w = 3, reweight = FALSE, trend = FALSE)
case("monthly", "farrington", "monthly", 70:132, b = 4, w = 1)
case("population", "farrington", "exposed", last(20), b = 5, w = 3, fitFun = "algo.farrington.fitGLM.populationOffset")
case("before-the-start", "farrington", "weeks", 258:275, b = 5, w = 3)

flexible <- function(name, from, range, ...) case(name, "farringtonFlexible", from, range, ...)
noufaily <- function(name, from, range, ...) flexible(name, from, range, noPeriods = 10, pastWeeksNotIncluded = 26, pThresholdTrend = 1, ...)
flexible("standard", "weeks", last(20))
flexible("week-53", "dated", last(45), alpha = 0.01)
flexible("sundays", "sundays", last(20), alpha = 0.01, powertrans = "1/2")
for (m in c("delta", "nbPlugin", "muan")) {
  noufaily(m, "weeks", last(20), thresholdMethod = m, alpha = 0.01)
  noufaily(paste0(m, "-dated"), "thursdays", last(15), thresholdMethod = m, alpha = 0.005)
  noufaily(paste0(m, "-gaps"), "gaps", last(15), thresholdMethod = m, alpha = 0.05)
  noufaily(paste0(m, "-sparse"), "sparse", last(15), thresholdMethod = m, alpha = 0.01, limit54 = c(3, 6))
  noufaily(paste0(m, "-population"), "exposed", last(12), thresholdMethod = m, populationOffset = TRUE)
}
flexible("tested-trend", "dated", last(20), b = 5, noPeriods = 5, pastWeeksNotIncluded = 10, thresholdMethod = "muan", alpha = 0.1)
flexible("early-outbreaks-weighted", "weeks", last(20), weightsThreshold = 1, noPeriods = 7, pastWeeksNotIncluded = 0)
flexible("wide-window", "gapsWeeks", last(15), b = 3, w = 5, noPeriods = 3, thresholdMethod = "nbPlugin")
flexible("no-window", "weeks", last(10), b = 4, w = 0, reweight = FALSE, noPeriods = 1)
flexible("no-weights-no-trend", "large", last(15), reweight = FALSE, trend = FALSE, powertrans = "none")
flexible("year-left-out", "dated", last(15), b = 4, noPeriods = 10, pastWeeksNotIncluded = 52, thresholdMethod = "nbPlugin")
flexible("monthly", "monthly", 80:132, b = 5, w = 1, noPeriods = 3, pastWeeksNotIncluded = 3, thresholdMethod = "nbPlugin")
flexible("monthly-index", "monthlyIndex", 80:132, b = 4, w = 2, noPeriods = 1, powertrans = "1/2")
flexible("daily", "daily", 1135:1150, b = 2, w = 10, noPeriods = 4, pastWeeksNotIncluded = 20, thresholdMethod = "muan")
flexible("zero", "zero", last(5), limit54 = c(0, 4))
flexible("constant", "constant", last(8), noPeriods = 10, pastWeeksNotIncluded = 26, thresholdMethod = "nbPlugin")

for (t in c("rossi", "standard", "anscombe", "anscombe2nd", "pearsonNegBin", "anscombeNegBin", "none"))
  case(t, "cusum", "weeks", 300:340, k = if (t == "none") 12 else 1.04, h = 2.26, trans = t, alpha = 0.1, m = if (t == "anscombe2nd") "glm" else NULL)
case("season-from-fourth-week", "cusum", "fourth", 300:340, k = 0.7, h = 4, trans = "rossi", m = "glm")
case("given-mean", "cusum", "sparse", 300:340, k = 0.5, h = 3, trans = "standard", m = 0.5)
case("monthly-season", "cusum", "monthly", 90:132, k = 1, h = 2, trans = "anscombe", m = "glm")

glr <- function(name, algorithm, from, range, S = 1, trend = FALSE, refit = FALSE, change = "intercept", ...)
  case(name, algorithm, from, range, mu0 = list(S = S, trend = trend, refit = refit), change = change, ...)
glr("standard", "glrpois", "weeks", 300:340, c.ARL = 5, dir = "inc", ret = "value", M = -1, Mtilde = 1)
glr("falls", "glrpois", "dated", 300:340, c.ARL = 4, dir = "dec", ret = "value", M = -1, Mtilde = 1)
glr("window", "glrpois", "weeks", 290:340, c.ARL = 5, dir = "inc", ret = "value", M = 20, Mtilde = 4, trend = TRUE)
glr("known-change-cases", "glrpois", "weeks", 300:340, c.ARL = 5, dir = "inc", ret = "cases", theta = 0.4, M = -1, Mtilde = 1)
glr("epidemic", "glrpois", "sparse", 300:340, c.ARL = 5, change = "epi", dir = "inc", ret = "value", M = -1, Mtilde = 1)
glr("refitted", "glrpois", "weeks", 300:340, c.ARL = 4, dir = "inc", ret = "cases", refit = TRUE, S = 2, M = -1, Mtilde = 1)
case("given-means", "glrpois", "weeks", 321:340, mu0 = seq(8, 17.5, by = 0.5), c.ARL = 3, change = "intercept", dir = "inc", ret = "value", M = -1, Mtilde = 1)
case("one-given-mean", "glrpois", "weeks", 332:332, mu0 = 12, c.ARL = 3, change = "intercept", dir = "inc", ret = "value", M = -1, Mtilde = 1)
glr("estimated-dispersion", "glrnb", "weeks", 300:340, c.ARL = 5, dir = "inc", ret = "value", M = -1, Mtilde = 1)
glr("given-dispersion", "glrnb", "dated", 300:340, c.ARL = 5, alpha = 0.2, dir = "inc", ret = "value", S = 2, trend = TRUE, M = 26, Mtilde = 2)
glr("falls", "glrnb", "weeks", 300:340, c.ARL = 3, alpha = 0.1, dir = "dec", ret = "value", M = -1, Mtilde = 1)
glr("known-change", "glrnb", "sparse", 300:340, c.ARL = 5, alpha = 0.3, theta = 0.7, dir = "inc", ret = "value", M = -1, Mtilde = 1)
glr("epidemic", "glrnb", "weeks", 300:340, c.ARL = 5, alpha = 0.1, change = "epi", dir = "inc", ret = "value", M = -1, Mtilde = 1)

case("value", "outbreakP", "weeks", 1:30, k = 100, ret = "value")
case("cases", "outbreakP", "sparse", 20:45, k = 20, ret = "cases", maxUpperboundCases = 200)

intervals <- function(theta, h) cbind(theta0 = theta, h = h, k = 0)
poisson <- intervals(seq(0.5, 20, by = 0.5), round(3 + 2.2 * sqrt(seq(0.5, 20, by = 0.5)), 1))
theta <- wave(60, 52, 10, 0.4)
case("standard", "rogerson", "weeks", last(60), theta0t = theta, s = 1, ARL0 = 500, hValues = poisson, distribution = "poisson", digits = 1)
case("reset", "rogerson", "weeks", last(60), theta0t = theta, s = 0.5, ARL0 = 500, hValues = poisson, distribution = "poisson", FIR = TRUE, digits = 2)
case("restart-above", "rogerson", "weeks", last(60), theta0t = theta, s = 1, ARL0 = 500, hValues = poisson, distribution = "poisson", limit = 4, digits = 1)
case("binomial", "rogerson", "sparse", last(60), theta0t = rep(0.1, 60), s = 2, ARL0 = 500, hValues = intervals(c(0.05, 0.1, 0.2), c(2, 3, 4)),
  distribution = "binomial", nt = rep(8, 60), limit = 0.5, digits = 1)

boda <- function(name, from, range, ...) case(name, "bodaDelay", from, range, mc.munu = 4000, mc.y = 10, inferenceMethod = "asym", quantileMethod = "MC", ...)
boda("seasons", "weeks", last(4), b = 5, w = 3, noPeriods = 10, pastWeeksNotIncluded = 26, trend = TRUE, alpha = 0.05)
boda("windows", "dated", last(4), b = 4, w = 3, noPeriods = 1, pastWeeksNotIncluded = 3, trend = FALSE, alpha = 0.01)

days <- as.Date("2020-12-12") + rep(0:49, rpois(50, 4 + 9 * exp(-((0:49) - 30)^2 / 60)))
lines <- data.frame(event = days, report = days + rnbinom(length(days), mu = 3, size = 1.5))
for (m in c("lawless", "unif", "bayes.notrunc.bnb", "bayes.trunc", "bayes.notrunc")) {
  id <- paste0("nowcast__", m)
  capture.output(text <- make_nowcast(id, lines, as.Date("2021-01-18"), m, D = 10, m = if (m == "lawless") 20 else NULL, when = as.Date("2021-01-11") + 0:7, most = 120))
  if (inherits(text, "refused")) stop(id, ": ", text$reason)
  cat(text, file = file.path(out, paste0(id, ".json")))
  written <- written + 1
}
cat(written, "cases\n")
