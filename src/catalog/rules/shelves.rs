//! The catalogue as one value: read, indexed, looked up.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::base::id::{CategoryId, ServiceId, SubcategoryId};
use crate::catalog::model::{Category, CategoryFile, Service, ServiceRow, Subcategory, SubcategoryRow};

/// The embedded files, in display order.
const FILES: [(&str, &str); 7] = [
    ("tutoring", include_str!("../../../assets/catalogue/tutoring.toml")),
    ("music", include_str!("../../../assets/catalogue/music.toml")),
    ("dance", include_str!("../../../assets/catalogue/dance.toml")),
    ("languages", include_str!("../../../assets/catalogue/languages.toml")),
    ("sports", include_str!("../../../assets/catalogue/sports.toml")),
    ("arts", include_str!("../../../assets/catalogue/arts.toml")),
    ("hobbies", include_str!("../../../assets/catalogue/hobbies.toml")),
];

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::from_files(&FILES).expect("the embedded catalogue is read by a unit test of this very build")
});

/// The catalogue this program was built with.
pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

/// All shelves in display order: a category's subcategories and services stand together and in their own order.
pub struct Catalogue {
    categories: Vec<Category>,
    subcategories: Vec<Subcategory>,
    services: Vec<Service>,
    category_at: HashMap<CategoryId, usize>,
    subcategory_at: HashMap<SubcategoryId, usize>,
    service_at: HashMap<ServiceId, usize>,
    service_named: HashMap<String, usize>,
}

impl Catalogue {
    /// Reads files of `(name, toml)`; the error names the file and what is wrong in it.
    pub fn from_files(files: &[(&str, &str)]) -> Result<Self, String> {
        let (mut categories, mut subcategories, mut services) = (Vec::new(), Vec::new(), Vec::new());
        for (name, text) in files {
            let file: CategoryFile = toml::from_str(text).map_err(|e| format!("{name}: {e}"))?;
            let category = category(&file);
            let shelves: Vec<Subcategory> = file.subcategory.iter().map(|row| subcategory(row, category.id)).collect();
            for (order, row) in (1..).zip(file.service) {
                let shelf = shelves.iter().find(|s| s.slug == row.subcategory).ok_or_else(|| {
                    format!("{name}: service `{}` stands on the unknown shelf `{}`", row.slug, row.subcategory)
                })?;
                services.push(service(row, shelf, order));
            }
            categories.push(category);
            subcategories.extend(shelves);
        }
        Ok(Self::indexed(categories, subcategories, services))
    }

    fn indexed(categories: Vec<Category>, subcategories: Vec<Subcategory>, services: Vec<Service>) -> Self {
        Self {
            category_at: categories.iter().enumerate().map(|(at, c)| (c.id, at)).collect(),
            subcategory_at: subcategories.iter().enumerate().map(|(at, s)| (s.id, at)).collect(),
            service_at: services.iter().enumerate().map(|(at, s)| (s.id, at)).collect(),
            service_named: services.iter().enumerate().map(|(at, s)| (s.name.to_lowercase(), at)).collect(),
            categories,
            subcategories,
            services,
        }
    }

    pub fn categories(&self) -> &[Category] {
        &self.categories
    }
    pub fn subcategories(&self) -> &[Subcategory] {
        &self.subcategories
    }
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    pub fn category(&self, id: CategoryId) -> Option<&Category> {
        self.category_at.get(&id).map(|at| &self.categories[*at])
    }
    pub fn subcategory(&self, id: SubcategoryId) -> Option<&Subcategory> {
        self.subcategory_at.get(&id).map(|at| &self.subcategories[*at])
    }
    pub fn service(&self, id: ServiceId) -> Option<&Service> {
        self.service_at.get(&id).map(|at| &self.services[*at])
    }

    pub fn category_by_slug(&self, slug: &str) -> Option<&Category> {
        self.category(CategoryId::of_name(slug))
    }
    pub fn service_by_slug(&self, slug: &str) -> Option<&Service> {
        self.service(ServiceId::of_name(slug))
    }
    /// By the exact name, whatever its case ("jiu-jitsu").
    pub fn service_by_name(&self, name: &str) -> Option<&Service> {
        self.service_named.get(&name.to_lowercase()).map(|at| &self.services[*at])
    }

    pub fn subcategories_of(&self, category: CategoryId) -> impl Iterator<Item = &Subcategory> {
        self.subcategories.iter().filter(move |s| s.category_id == category)
    }
    pub fn services_of(&self, category: CategoryId) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(move |s| s.category_id == category)
    }
    pub fn services_on(&self, subcategory: SubcategoryId) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(move |s| s.subcategory_id == subcategory)
    }
}

fn category(file: &CategoryFile) -> Category {
    let row = &file.category;
    Category {
        id: CategoryId::of_name(&row.slug),
        slug: row.slug.clone(),
        name: row.name.clone(),
        subtitle: row.subtitle.clone(),
        description: row.description.clone(),
        icon_name: row.icon_name.clone(),
        display_order: row.display_order,
        terms: row.terms.clone(),
    }
}

fn subcategory(row: &SubcategoryRow, category_id: CategoryId) -> Subcategory {
    Subcategory {
        id: SubcategoryId::of_name(&row.slug),
        category_id,
        slug: row.slug.clone(),
        name: row.name.clone(),
        display_order: row.display_order,
        terms: row.terms.clone(),
    }
}

fn service(row: ServiceRow, shelf: &Subcategory, display_order: u32) -> Service {
    Service {
        id: ServiceId::of_name(&row.slug),
        category_id: shelf.category_id,
        subcategory_id: shelf.id,
        slug: row.slug,
        name: row.name,
        description: row.description,
        terms: row.terms,
        online_capable: row.online_capable,
        requires_certification: row.requires_certification,
        typical_duration_options: row.typical_duration_options,
        age_groups: row.age_groups,
        display_order,
    }
}
