// Who may reach the app where inbound is restricted.

@description('Addresses, as in 203.0.113.0/24, that may call the HTTP endpoints.')
param addresses array

var services = [
  for (service, index) in ['AzureEventGrid', 'ActionGroup']: {
    name: service
    action: 'Allow'
    priority: 100 + index
    tag: 'ServiceTag'
    ipAddress: service
  }
]

var people = [
  for (address, index) in addresses: {
    name: 'address-${index}'
    action: 'Allow'
    priority: 200 + index
    ipAddress: address
  }
]

@description('Access restrictions of App Service; in the order of their priority.')
output rules array = concat(services, people)
