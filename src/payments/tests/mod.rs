mod flows;
mod properties;
mod rules;
