mod flows;
mod rules;
