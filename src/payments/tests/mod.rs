mod bills;
mod flows;
mod outages;
mod properties;
mod rules;
mod stood_still;
mod unheard;
