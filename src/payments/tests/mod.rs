mod flows;
mod outages;
mod properties;
mod rules;
