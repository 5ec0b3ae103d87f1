# One reference case for the detectors: R's `surveillance` computes it, a JSON file of our own format holds input and result.
# Format: test/vectors/detect/README.md.
Sys.setenv(TZ = "UTC", OMP_NUM_THREADS = "1", OPENBLAS_NUM_THREADS = "1")
suppressMessages(library(surveillance))

json <- function(x) {
  if (is.null(x)) return("null")
  if (is.list(x)) {
    if (length(x) == 0) return("{}")
    parts <- vapply(x, json, "")
    if (is.null(names(x))) return(paste0("[", paste(parts, collapse = ","), "]"))
    return(paste0("{", paste0('"', names(x), '":', parts, collapse = ","), "}"))
  }
  parts <- if (is.character(x)) paste0('"', x, '"')
    else if (is.logical(x)) ifelse(is.na(x), "null", ifelse(x, "true", "false"))
    else ifelse(is.na(x), "null", ifelse(is.infinite(x), ifelse(x > 0, '"Infinity"', '"-Infinity"'), sprintf("%.17g", x)))
  if (length(x) == 1 && is.null(attr(x, "vector"))) return(parts)
  paste0("[", paste(parts, collapse = ","), "]")
}
vec <- function(x) { if (is.null(x)) return(NULL); x <- as.vector(x); attr(x, "vector") <- TRUE; x }

# A weekly series without `start` has no dates; with one, its periods are seven days, months or days apart.
series <- function(y, start = NULL, freq = 52, population = NULL, phase = c(2000, 1)) {
  n <- length(y)
  if (is.null(population)) population <- rep(1, n)
  if (is.null(start)) return(sts(observed = y, frequency = freq, start = phase, population = matrix(population)))
  by <- switch(as.character(freq), "52" = "week", "12" = "month", "365" = "day")
  epoch <- seq(as.Date(start), by = by, length.out = n)
  sts(observed = y, frequency = freq, start = c(as.numeric(format(epoch[1], "%Y")), 1), epoch = as.numeric(epoch),
    epochAsDate = TRUE, population = matrix(population))
}

# What the threshold functions are given, which R does not keep.
seen <- new.env()
probe <- function(name) {
  original <- get(name, asNamespace("surveillance"))
  assignInNamespace(name, function(predFit, predSeFit, ...) {
    seen$fit <- c(seen$fit, predFit)
    seen$se <- c(seen$se, predSeFit)
    original(predFit, predSeFit, ...)
  }, "surveillance")
}
probe("algo.farrington.threshold.farrington")
probe("algo.farrington.threshold.noufaily")
local({
  original <- get("bodaDelay.threshold", asNamespace("surveillance"))
  assignInNamespace("bodaDelay.threshold", function(model, ...) {
    seen$theta <- c(seen$theta, model$theta)
    seen$se_theta <- c(seen$se_theta, model$SE.theta)
    original(model, ...)
  }, "surveillance")
})

given <- function(control) control[setdiff(names(control), c("range", "hValues", "theta0t"))]
column <- function(x) if (is.null(x)) NULL else vec(if (is.matrix(x)) x[, 1] else x)

# Methods that know only the package's older kind of series.
older <- function(method, s, control) {
  d <- method(sts2disProg(s), control)
  r <- s[control$range, ]
  r@upperbound[] <- d$upperbound
  r@alarm[] <- d$alarm
  r@control <- d$control
  r
}

detectors <- list(
  earsC = function(s, control) earsC(s, control),
  bayes = function(s, control) bayes(s, control),
  rki = function(s, control) rki(s, control),
  cdc = function(s, control) older(algo.cdc, s, control),
  farrington = function(s, control) farrington(s, control),
  farringtonFlexible = function(s, control) farringtonFlexible(s, c(control, glmWarnings = FALSE)),
  cusum = function(s, control) cusum(s, control),
  glrpois = function(s, control) glrpois(s, control),
  glrnb = function(s, control) glrnb(s, control),
  outbreakP = function(s, control) outbreakP(s, control),
  rogerson = function(s, control) older(algo.rogerson, s, control),
  bodaDelay = function(s, control) bodaDelay(s, control)
)

extra <- list(
  farringtonFlexible = function(s, control, r) {
    fitted <- !is.na(r@control$phiVector[, 1])
    spread <- function(x) { all <- rep(NA_real_, length(fitted)); if (length(x) == sum(fitted)) all[fitted] <- x; vec(all) }
    kept <- lapply(r@control[c("expected", "score", "pvalue", "mu0Vector", "phiVector", "trendVector", "trend")], column)
    c(kept, list(pred_fit = spread(seen$fit), pred_se = spread(seen$se)))
  },
  farrington = function(s, control, r) {
    d <- suppressWarnings(surveillance::algo.farrington(sts2disProg(s), control))
    list(trend = vec(d$trend), quantile_of_observed = vec(d$control$pd[, 1]), median = vec(d$control$pd[, 2]))
  },
  cdc = function(s, control, r) list(aggr = vec(vapply(control$range, function(k) sum(observed(s)[(k - 3):k, 1]), 0))),
  cusum = function(s, control, r) {
    d <- surveillance::algo.cusum(sts2disProg(s), modifyList(list(range = control$range), control, keep.null = TRUE))
    list(cusum = vec(d$cusum), m = vec(d$control$m))
  },
  glr = function(s, control, r) {
    k <- r@control
    coefficients <- if (inherits(k$mu0Model$fitted, "glm")) vec(coef(k$mu0Model$fitted)) else NULL
    list(mu0 = vec(k$mu0), alpha_used = k$alpha, mu0_coef = if (isTRUE(k$mu0Model$refit)) NULL else coefficients)
  },
  rogerson = function(s, control, r) list(theta0t = vec(control$theta0t),
    h_table = list(theta0 = vec(control$hValues[, "theta0"]), h = vec(control$hValues[, "h"])), h = control$hValues[which.min(abs(control$hValues[, "theta0"] - mean(control$theta0t))), "h"]),
  bodaDelay = function(s, control, r)
    if (length(seen$theta) == nrow(r)) list(nb_theta = vec(seen$theta), nb_se_theta = vec(seen$se_theta)) else list()
)
extra$glrpois <- extra$glr
extra$glrnb <- extra$glr

# Answers the JSON, or the reason why R has no result.
make_case <- function(id, algorithm, s, control, method = NULL) {
  rm(list = ls(seen), envir = seen)
  set.seed(1)
  r <- tryCatch(suppressMessages(suppressWarnings(detectors[[algorithm]](s, control))), error = function(e) conditionMessage(e))
  if (is.character(r)) return(structure(list(reason = r), class = "refused"))
  resolved <- r@control[intersect(names(r@control), c("method", "baseline", "minSigma", "alpha", "b", "w", "m", "actY", "reweight",
    "weightsThreshold", "trend", "pThresholdTrend", "limit54", "powertrans", "fitFun", "populationOffset", "noPeriods",
    "pastWeeksNotIncluded", "thresholdMethod", "k", "h", "trans", "c.ARL", "Mtilde", "M", "change", "dir", "ret", "xMax", "theta",
    "maxUpperboundCases", "ARL0", "s", "distribution", "FIR", "limit", "digits"))]
  if (algorithm %in% c("bodaDelay")) resolved <- NULL
  if (algorithm %in% c("cusum")) resolved$m <- NULL
  if (algorithm %in% c("glrpois", "glrnb")) {
    resolved$theta <- control$theta
    resolved$mu0Model <- modifyList(list(S = 1, trend = FALSE, refit = FALSE), if (is.list(control$mu0)) control$mu0 else list())
  }
  # The result of the same name has overwritten it.
  if (algorithm == "farringtonFlexible") resolved$trend <- !identical(control$trend, FALSE)
  more <- tryCatch(if (is.null(extra[[algorithm]])) list() else extra[[algorithm]](s, control, r), error = function(e) list())
  dated <- s@epochAsDate
  fields <- c(list(id = id, algorithm = algorithm, freq = s@freq, start = vec(s@start), epochAsDate = dated,
    epoch = if (dated) vec(format(epoch(s))) else NULL, observed = vec(observed(s)[, 1]), population = if (all(population(s) == 1)) NULL else vec(population(s)[, 1]),
    control_given = given(control), control = resolved, range = vec(range(control$range)),
    upperbound = vec(upperbound(r)[, 1]), alarm = vec(as.numeric(alarms(r)[, 1]))), more)
  fields <- fields[!vapply(fields, is.null, TRUE) | names(fields) == "epoch"]
  paste0("{", paste0('"', names(fields), '":', vapply(fields, json, ""), collapse = ",\n"), "}\n")
}

# `lines` has Dates `event` and `report`. The limits that R samples are marked as such.
make_nowcast <- function(id, lines, now, method, D, m = NULL, first = min(lines$event), when = seq(now - D + 1, now, by = 1), most = 300, alpha = 0.05) {
  control <- list(N.tInf.max = most, alpha = alpha, nSamples = 2000, dRange = c(first, max(lines$report)), predPMF = TRUE)
  sampled <- method %in% c("bayes.trunc", "bayes.notrunc")
  if (sampled) control$N.tInf.prior <- structure("poisgamma", mean.lambda = 50, var.lambda = 3000)
  set.seed(1)
  nc <- tryCatch(suppressMessages(suppressWarnings(nowcast(now = now, when = when, data = lines, dEventCol = "event", dReportCol = "report",
    aggregate.by = "1 day", D = D, m = m, method = method, control = control))), error = function(e) conditionMessage(e))
  if (is.character(nc)) return(structure(list(reason = nc), class = "refused"))
  days <- match(when, epoch(nc))
  pmf <- lapply(nc@predPMF[as.character(when)], function(p) {
    p <- as.vector(p[[method]])
    shown <- range(which(p > 1e-10))
    list(from = shown[1] - 1, p = vec(p[shown[1]:shown[2]]))
  })
  names(pmf) <- NULL
  triangle <- attributes(nc@reportingTriangle)
  fields <- list(id = id, algorithm = "nowcast", method = method, now = format(now), when = vec(format(when)), D = D, m = m,
    control = list(N.tInf.max = most, alpha = alpha, nSamples = 2000, gd.prior.kappa = 0.1, dRange = vec(format(control$dRange)), prior = if (sampled) list(mean_lambda = 50, var_lambda = 3000) else NULL),
    linelist = list(event = vec(format(lines$event)), report = vec(format(lines$report))),
    reporting_triangle = list(n_x = vec(triangle$n.x), N_x = vec(triangle$N.x)),
    delay_cdf = if (sampled) NULL else vec(nc@delayCDF[[method]]),
    observed_so_far = vec(triangle$N.tT[match(format(when), names(triangle$N.tInf))]), median = vec(upperbound(nc)[days, 1]), lower = vec(nc@pi[days, 1, 1]), upper = vec(nc@pi[days, 1, 2]), pmf = pmf)
  fields <- fields[names(fields) %in% "m" | !vapply(fields, is.null, TRUE)]
  paste0("{", paste0('"', names(fields), '":', vapply(fields, json, ""), collapse = ",\n"), "}\n")
}
